"""The callback address: what WeChat sends is kept once, and nothing else gets in."""

import asyncio
import random
import string
from datetime import UTC, datetime

import pytest

from app.wechat.accounts import Account
from app.wechat.sealing import sign
from tests.harness.callers import Caller
from tests.inbound.letterbox import Letterbox

# From the platform's own documentation: an account, and an event that it sealed.
DEMO = Account("wxba5fad812f8e6fb9", "official", "secret", "AAAAA", "A" * 43)
DEMO_SIGNATURE = "046e02f8204d34f8ba5fa3b1db94908f3df2e9b3"
DEMO_ENCRYPTED = (
    "+qdx1OKCy+5JPCBFWw70tm0fJGb2Jmeia4FCB7kao+/Q5c/ohsOzQHi8khUOb05JCpj0JB4RvQMkUyus8TPxLKJGQqcvZqzDpVzazhZv"
    "6JsXUnnR8XGT740XgXZUXQ7vJVnAG+tE8NUd4yFyjPy7GgiaviNrlCTj+l5kdfMuFUPpRSrfMZuMcp3Fn2Pede2IuQrKEYwKSqFIZoNq"
    "J4M8EajAsjLY2km32IIjdf8YL/P50F7mStwntrA2cPDrM1kb6mOcfBgRtWygb3VIYnSeOBrebufAlr7F9mFUPAJGj04="
)


@pytest.fixture
async def demo(box: Letterbox) -> Letterbox:
    box.app.state.accounts = {DEMO.appid: DEMO}
    return box


async def test_the_official_check_of_the_address(demo: Letterbox) -> None:
    query = {
        "signature": "f464b24fc39322e44b38aa78f5edd27bd1441696",
        "timestamp": "1714036504",
        "nonce": "1514711492",
        "echostr": "4375120948345356249",
    }
    async with Caller(demo.app) as caller:
        answer = await caller.get(demo.url(DEMO.appid), params=query)
        forged = await caller.get(demo.url(DEMO.appid), params=query | {"nonce": "1"})
    assert (answer.status_code, answer.text) == (200, "4375120948345356249")
    assert answer.headers["content-type"].startswith("text/plain")
    assert (forged.status_code, forged.json()["code"]) == (403, "callback_rejected")


async def test_the_official_sealed_event(demo: Letterbox) -> None:
    demo.freeze(datetime.fromtimestamp(1714112445, UTC))
    query = {"timestamp": "1714112445", "nonce": "415670741", "msg_signature": DEMO_SIGNATURE}
    body = f'{{"ToUserName": "gh_97417a04a28d", "Encrypt": "{DEMO_ENCRYPTED}"}}'.encode()
    answer = await demo.post(query, body, appid=DEMO.appid)
    assert (answer.status_code, answer.text) == (200, "success")
    (row,) = await demo.rows()
    assert (row.kind, row.appid, len(row.raw)) == ("debug_demo", DEMO.appid, 167)


async def test_three_deliveries_at_once_are_one_row_and_one_effect(box: Letterbox) -> None:
    """WeChat repeats what is not answered in time, each time in a new envelope."""
    for openid in (f"o-{n}" for n in range(10)):
        body = box.event("subscribe", openid)
        answers = await asyncio.gather(*(box.deliver(body) for _ in range(3)))
        assert [(answer.status_code, answer.text) for answer in answers] == [(200, "success")] * 3
    assert len(await box.rows()) == 10
    await asyncio.gather(box.work(), box.work(), box.work())
    rows = await box.rows()
    assert [(row.result, row.attempts) for row in rows] == [("followed", 1)] * 10
    async with box.transaction() as connection:
        assert await connection.fetchval("SELECT count(*) FROM customers") == 10


async def test_a_repetition_after_its_effect_changes_nothing(box: Letterbox) -> None:
    follow = box.event("subscribe")
    await box.deliver(follow)
    await box.work()
    await box.deliver(box.event("unsubscribe"))
    await box.deliver(follow)
    await box.work()
    assert [row.result for row in await box.rows()] == ["followed", "unfollowed"]
    assert not (await box.identities())["o-lin"].follows


@pytest.mark.parametrize("part", ["msg_signature", "timestamp", "nonce"])
async def test_a_forged_delivery_is_refused_and_not_kept(box: Letterbox, part: str) -> None:
    query, body = box.sealed(box.event("subscribe"))
    forged = query | {part: str(int(query["timestamp"]) + 1) if part == "timestamp" else "0" * 40}
    answer = await box.post(forged, body)
    assert (answer.status_code, answer.json()["code"]) == (403, "callback_rejected")
    missing = await box.post({name: value for name, value in query.items() if name != part}, body)
    assert missing.status_code == 403
    assert await box.rows() == []


async def test_a_changed_body_is_refused(box: Letterbox) -> None:
    query, body = box.sealed(box.event("subscribe"))
    _, other = box.sealed(box.event("unsubscribe"))
    assert (await box.post(query, other)).status_code == 403
    assert (await box.post(query, body)).status_code == 200


async def test_a_body_sealed_for_another_account_is_refused(box: Letterbox) -> None:
    other = Account("wx0000000000000001", "official", "s", box.account.token, box.account.aes_key)
    query, body = box.sealed(box.event("subscribe"), account=other)
    assert (await box.post(query, body)).status_code == 403
    assert (await box.post(query, body, appid=other.appid)).status_code == 404


@pytest.mark.parametrize("age", [-301, 301, 86_400])
async def test_a_stale_delivery_is_refused(box: Letterbox, age: int) -> None:
    moment = datetime.now(UTC)
    box.freeze(moment)
    answer = await box.deliver(box.event("subscribe"), at=int(moment.timestamp()) - age)
    assert answer.status_code == 403
    assert await box.rows() == []


async def test_a_plain_body_is_refused_by_an_account_with_a_key(box: Letterbox) -> None:
    moment = str(int(datetime.now(UTC).timestamp()))
    query = {"timestamp": moment, "nonce": "1", "signature": sign(box.account.token, moment, "1")}
    assert (await box.post(query, box.event("subscribe").encode())).status_code == 403


def malformed(rng: random.Random, box: Letterbox) -> tuple[dict[str, str], bytes]:
    """Something that resembles a delivery: half of them well signed around nonsense, half broken outside."""
    good = box.event("subscribe")
    match rng.randrange(8):
        case 0:
            query, body = box.sealed(good[: rng.randrange(len(good))])
        case 1:
            query, body = box.sealed("".join(rng.choices(string.printable, k=rng.randrange(200))))
        case 2:
            query, body = box.sealed(rng.choice(["", "null", "[]", "{}", "0", '""', "<xml/>", "<a><b/></a>"]))
        case 3:
            query, body = box.sealed(good.replace("CreateTime", rng.choice(["Created", "MsgType", "Event"])))
        case 4:
            text = box.event("subscribe", "o-x", EventKey=chr(rng.randrange(1, 0xD7FF)))
            query, body = box.sealed('<!DOCTYPE x [<!ENTITY a "b">]>' + text)
        case 5:
            query, body = box.sealed(good)
            position = rng.randrange(len(body))
            body = body[:position] + bytes([rng.randrange(256)]) + body[position + 1 :]
        case 6:
            query, body = box.sealed(good)
            body = rng.randbytes(rng.randrange(300))
        case _:
            query, body = box.sealed(good)
            query[rng.choice(list(query))] = "".join(rng.choices(string.printable, k=rng.randrange(60)))
    return query, body


async def test_nothing_malformed_is_an_error_of_ours(box: Letterbox) -> None:
    """A status of 500 would make WeChat repeat it, and show the user that the account is out of order."""
    rng = random.Random(20260615)
    async with Caller(box.app) as caller:
        for _ in range(500):
            query, body = malformed(rng, box)
            answer = await caller.post(box.url(), params=query, content=body)
            assert answer.status_code < 500, (query, body, answer.text)
            assert (answer.status_code, answer.text) == (200, "success") or answer.status_code in (400, 403)
    while await box.work():
        pass
    assert all(row.handled_at for row in await box.rows())

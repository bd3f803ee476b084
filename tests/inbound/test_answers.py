"""What WeChat is answered: a standing reply, sealed for accounts that seal, or the bare word."""

from datetime import UTC, datetime
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape

import pytest
from defusedxml.ElementTree import fromstring

from app.domain.conversation.survey import choices
from app.models import InboundMessage
from app.services.inbound.answer import answer_to
from app.wechat.accounts import Account
from app.wechat.bodies import parse, scalar
from app.wechat.callbacks import read_message
from app.wechat.sealing import seal, sign, unseal
from tests.conversations.chat import Chat
from tests.harness.callers import Caller
from tests.inbound.letterbox import NONCE, Letterbox

NOW = datetime(2026, 6, 15, 2, 0, tzinfo=UTC)
BASE = "https://service.example/"
PLAIN = Account("wx0000000000000001", "official", "secret", "AAAAA")
MINI = Account("wx0000000000000002", "mini", "secret", "AAAAA")
OLD_KEY, NEW_KEY = "A" * 43, "B" * 42 + "E"


def opened(account: Account, answer: str) -> Element:
    """The reply inside the envelope, whose signature must be right."""
    sealed = parse(answer)
    encrypted = scalar(sealed, "Encrypt")
    parts = (account.token, scalar(sealed, "TimeStamp"), scalar(sealed, "Nonce"), encrypted)
    assert scalar(sealed, "MsgSignature") == sign(*parts)
    root: Element = fromstring(unseal(account, encrypted).decode())
    return root


@pytest.mark.parametrize("key", ["report", "SERVICES", "support", "urge"])
async def test_a_tap_on_the_menu_is_answered_at_once(box: Letterbox, key: str) -> None:
    answer = await box.deliver(box.event("CLICK", EventKey=key))
    assert answer.headers["content-type"].startswith("text/xml")
    reply = opened(box.account, answer.text)
    found = [reply.findtext(name) for name in ("ToUserName", "FromUserName", "MsgType")]
    assert found == ["o-lin", "gh_1", "text"]
    assert f'<a href="{box.settings.public_base_url}/h5/">' in (reply.findtext("Content") or "")
    assert len(await box.rows()) == 1


async def test_each_of_three_deliveries_gets_the_reply(box: Letterbox) -> None:
    body = Chat(box).body("text", Content="你好")
    replies = {opened(box.account, (await box.deliver(body)).text).findtext("Content") for _ in range(3)}
    assert len(replies) == 1
    assert len(await box.rows()) == 1


@pytest.mark.parametrize("words", ["空调不制冷", "好的", "", "<a href='x'>你好</a>]]>"])
async def test_what_people_answer_gets_the_bare_word(box: Letterbox, words: str) -> None:
    body = Chat(box).body("text").replace("</xml>", f"<Content>{escape(words)}</Content></xml>")
    assert (await box.deliver(body)).text == "success"


async def test_an_unknown_entry_and_other_events_get_the_bare_word(box: Letterbox) -> None:
    for body in (box.event("CLICK", EventKey="nothing"), box.event("VIEW"), box.event("something_new")):
        assert (await box.deliver(body)).text == "success"


def message(**fields: str) -> str:
    whole = {
        "ToUserName": "gh_1",
        "FromUserName": "o-lin",
        "CreateTime": "1781488800",
        "MsgType": "text",
    } | fields
    return "<xml>" + "".join(f"<{n}>{v}</{n}>" for n, v in whole.items()) + "</xml>"


def test_a_plain_account_is_answered_plainly() -> None:
    reply = fromstring(answer_to(PLAIN, read_message(PLAIN.appid, message(Content="你好")), NOW, BASE))
    assert (reply.findtext("Content") or "").startswith("您好")


def test_a_mini_program_gets_no_reply_in_passing() -> None:
    assert answer_to(MINI, read_message(MINI.appid, message(Content="你好")), NOW, BASE) == "success"


def test_json_is_never_answered_with_xml() -> None:
    body = (
        '{"ToUserName":"gh_1","FromUserName":"o","CreateTime":1781488800,"MsgType":"text","Content":"你好"}'
    )
    assert answer_to(PLAIN, read_message(PLAIN.appid, body), NOW, BASE) == "success"


def test_no_name_breaks_out_of_its_element() -> None:
    hostile = "o]]&gt;&lt;/ToUserName&gt;&lt;Content&gt;x"
    inbound = read_message(PLAIN.appid, message(FromUserName=hostile, ToUserName=hostile, Content="你好"))
    reply = fromstring(answer_to(PLAIN, inbound, NOW, BASE))
    assert reply.findtext("ToUserName") == reply.findtext("FromUserName") == inbound.openid
    assert len(reply.findall("Content")) == 1


def test_a_tap_of_the_survey_is_thanked() -> None:
    good, _, bad = choices(17)
    for choice, start in ((good, "感谢"), (bad, "很抱歉")):
        inbound = read_message(PLAIN.appid, message(Content=choice.label, bizmsgmenuid=choice.id))
        reply = fromstring(answer_to(PLAIN, inbound, NOW, BASE))
        assert (reply.findtext("Content") or "").startswith(start)
    other = read_message(PLAIN.appid, message(Content="你好", bizmsgmenuid="101"))
    assert answer_to(PLAIN, other, NOW, BASE) == "success"


async def test_while_the_key_is_changed_both_are_read_and_the_new_one_is_spoken(box: Letterbox) -> None:
    old = Account(box.account.appid, "official", "s", "token", OLD_KEY)
    both = Account(box.account.appid, "official", "s", "token", NEW_KEY, previous_aes_key=OLD_KEY)
    new = Account(box.account.appid, "official", "s", "token", NEW_KEY)
    box.app.state.accounts = {both.appid: both}
    for sender in (old, new):
        query, body = box.sealed(box.event("CLICK", EventKey="report"), account=sender)
        answer = await box.post(query, body)
        assert answer.status_code == 200
        assert opened(new, answer.text).findtext("MsgType") == "text"
    stranger = Account(both.appid, "official", "s", "token", "C" * 42 + "I")
    query, body = box.sealed(box.event("VIEW"), account=stranger)
    assert (await box.post(query, body)).status_code == 403


async def test_in_compatible_mode_only_what_is_sealed_counts(box: Letterbox) -> None:
    moment = int(datetime.now(UTC).timestamp())
    made = seal(box.account, box.event("subscribe", "o-true"), timestamp=moment, nonce=NONCE)
    plaintext = box.event("subscribe", "o-false").removesuffix("</xml>")
    body = f"{plaintext}<Encrypt>{made.encrypted}</Encrypt></xml>".encode()
    query = {
        "signature": sign(box.account.token, str(moment), NONCE),
        "timestamp": str(moment),
        "nonce": NONCE,
        "encrypt_type": "aes",
        "msg_signature": made.signature,
    }
    assert (await box.post(query, body)).status_code == 200
    forged = query | {"msg_signature": query["signature"]}
    assert (await box.post(forged, body)).status_code == 403
    assert [row.openid for row in await box.rows()] == ["o-true"]


KEPT = {
    "VIEW": {"EventKey": "https://x/", "MenuId": "1"},
    "view_miniprogram": {"EventKey": "pages/index", "MenuId": "1"},
    "LOCATION": {"Latitude": "31.2", "Longitude": "121.4", "Precision": "40"},
    "user_enter_tempsession": {"SessionFrom": "page"},
    "kf_create_session": {"KfAccount": "a@b"},
    "kf_close_session": {"KfAccount": "a@b"},
    "kf_switch_session": {"FromKfAccount": "a@b", "ToKfAccount": "c@b"},
    "debug_demo": {"debug_str": "hello world"},
}


@pytest.mark.parametrize("event", KEPT)
async def test_known_events_are_answered_and_kept(box: Letterbox, event: str) -> None:
    assert (await box.deliver(box.event(event, at=None, **KEPT[event]))).text == "success"
    await box.work()
    (row,) = await box.rows()
    assert (row.kind, row.result) == (event, "kept")


async def test_an_event_nobody_knows_is_kept_and_counted(box: Letterbox) -> None:
    before = await figure(box, 'wechat_callbacks_total{kind="unknown"}')
    for name in ("brand_new_event", "another_one"):
        body = box.event(name)
        for _ in range(3):
            await box.deliver(body)
    await box.work()
    assert [row.result for row in await box.rows()] == ["unknown", "unknown"]
    assert await figure(box, 'wechat_callbacks_total{kind="unknown"}') == before + 2


async def figure(box: Letterbox, name: str) -> float:
    async with Caller(box.app) as caller:
        text = (await caller.get("/metrics")).text
    return next((float(line.rpartition(" ")[2]) for line in text.splitlines() if line.startswith(name)), 0.0)


@pytest.mark.parametrize(
    ("event", "fields"),
    [
        ("wxa_punish_event", {"Penalty_for_Violation": "<Type>封禁订阅消息</Type><Reason>营销内容</Reason>"}),
        ("account_penalty_notice", {"Reason": "营销内容"}),
        ("some_violation", {"Reason": "营销内容"}),
    ],
)
async def test_measures_against_the_account_raise_one_alarm(
    box: Letterbox, event: str, fields: dict[str, str]
) -> None:
    for _ in range(2):
        await box.deliver(box.event(event, at=None, **fields))
    await box.work()
    async with box.transaction() as connection:
        alarms = await connection.fetch("SELECT kind, subject, detail, times FROM alarms")
    ((kind, subject, detail, times),) = alarms
    assert (kind, subject, times) == ("wechat_punished", box.account.appid, 2)
    assert "营销内容" in detail
    assert "公众平台" in detail


async def test_a_replayed_envelope_changes_nothing_and_an_old_one_is_refused(box: Letterbox) -> None:
    moment = datetime.now(UTC)
    box.freeze(moment)
    query, body = box.sealed(Chat(box).body("text", Content="你们修空调吗"), at=int(moment.timestamp()))
    for _ in range(3):
        assert (await box.post(query, body)).status_code == 200
    box.freeze(datetime.fromtimestamp(moment.timestamp() + 301, UTC))
    assert (await box.post(query, body)).status_code == 403
    rows: list[InboundMessage] = await box.rows()
    assert len(rows) == 1

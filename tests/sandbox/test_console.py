"""What the console shows: everything, and no secret."""

import pytest

from sandbox import defaults
from sandbox.guard import cookie_value
from tests.sandbox.bench import LIN, MINI, OFFICIAL, SECRET, SEND, ZHAO, Bench, Json, card

AGENT = {"User-Agent": "huixiang/1"}


async def test_pages_run_both_ways(bench: Bench) -> None:
    token = await bench.token()
    for _ in range(5):
        await bench.send(token=token)
    for path in ("requests", "messages", "callbacks"):
        await bench.quiet()
        ids = [row["id"] for row in await bench.items(path)]
        newest = await bench.control("GET", f"{path}?before=0&limit=2")
        assert [row["id"] for row in newest["items"]] == ids[-1:-3:-1]
        older = await bench.control("GET", f"{path}?before={newest['next']}&limit=100")
        assert [row["id"] for row in older["items"]] == ids[-3::-1]
        assert older["next"] == 0


async def test_requests_are_found_by_code_and_account(bench: Bench) -> None:
    await bench.send()
    await bench.send(card("oNobody"))
    (refused,) = await bench.items("requests?errcode=40003")
    assert refused["openid"] == "oNobody"
    assert refused["rid"] in refused["answer"]
    assert await bench.items(f"requests?appid={defaults.MINI_APPID}") == []
    (sent,) = await bench.items(f"messages?user=u-lin&openid={LIN}")
    assert sent["nickname"] == "林晓雨"
    await bench.quiet()
    assert len(await bench.items("callbacks?event=TEMPLATESENDJOBFINISH&status=done")) == 1
    assert await bench.items("callbacks?status=failed") == []


async def test_tokens_say_who_fetched_them_and_not_what_they_are(bench: Bench) -> None:
    ask = {"grant_type": "client_credential", **OFFICIAL}
    for _ in range(3):
        fetched = await bench.client.post("/cgi-bin/stable_token", json=ask, headers=AGENT)
    value = fetched.json()["access_token"]
    await bench.get("/cgi-bin/token", grant_type="client_credential", **MINI)
    (shown,) = await bench.items(f"tokens?appid={defaults.OFFICIAL_APPID}")
    assert (shown["kind"], shown["agent"], shown["client"]) == ("stable", "huixiang/1", "127.0.0.1")
    assert (shown["fetches"], shown["state"], shown["forced"]) == (3, "living", False)
    assert value not in repr(await bench.items("tokens"))
    assert await bench.control("POST", "tokens/revoke", {"id": shown["id"]}) == {"revoked": 1}
    assert (await bench.send(token=value))["errcode"] == 40001
    (after,) = await bench.items(f"tokens?appid={defaults.OFFICIAL_APPID}")
    assert after["state"] == "revoked"
    assert len(await bench.items("tokens")) == 2


async def test_tokens_overlap_and_expire(bench: Bench) -> None:
    await bench.token()
    await bench.control("POST", "clock", {"advance": 7000})
    await bench.token()
    assert [token["state"] for token in await bench.items("tokens")] == ["living", "overlapping"]
    await bench.control("POST", "clock", {"advance": 300})
    assert [token["state"] for token in await bench.items("tokens")] == ["living", "expired"]


async def test_templates_count_what_was_sent_today(bench: Bench) -> None:
    await bench.send()
    await bench.act("u-zhao", "block_push")
    await bench.send(card(ZHAO))
    await bench.send(card(data={**card()["data"], "thing5": {"value": "领红包"}}))
    shown = {row["id"]: row for row in await bench.items("templates")}
    progress = shown["tpl-ticket-progress"]
    assert [progress[f"{name}_today"] for name in ("sent", "failed", "blocked")] == [2, 1, 1]
    assert progress["fields"][2] == {"name": "phrase3", "type": "phrase", "label": "当前状态", "allowed": []}
    kinds = {row["id"]: row["kind"] for row in shown.values()}
    assert kinds["sub-ticket-progress"] == "one_time"
    assert kinds["biz-ticket-progress"] == "notice"
    await bench.control("POST", "clock", {"to": "next_midnight"})
    shown = {row["id"]: row for row in await bench.items("templates")}
    assert shown["tpl-ticket-progress"]["sent_today"] == 0


async def test_a_person_with_windows_and_consents(bench: Bench) -> None:
    await bench.act("u-lin", "send_text", text="在吗")
    await bench.act("u-lin", "consent", templates=["sub-ticket-progress"], decision="accept")
    people: dict[str, Json] = {user["id"]: user for user in await bench.items("users?role=customer")}
    assert "u-chen" not in people
    lin = {who["kind"]: who for who in people["u-lin"]["identities"]}
    assert [(w["kind"], w["left"]) for w in lin["service"]["windows"]] == [("message", 5)]
    assert [(c["template_id"], c["count"]) for c in lin["mini"]["consents"]] == [("sub-ticket-progress", 1)]
    assert lin["mini"]["windows"] == []


async def test_quotas_of_every_api(bench: Bench) -> None:
    await bench.send()
    answer = await bench.control("GET", f"quotas?appid={defaults.OFFICIAL_APPID}")
    rows = {row["path"]: row for row in answer["items"]}
    assert (rows[SEND]["used"], rows[SEND]["limit"], rows[SEND]["left"]) == (1, 100_000, 99_999)
    assert rows["/cgi-bin/stable_token"]["minute_used"] == 1
    assert "/wxa/msg_sec_check" not in rows
    assert answer["resets_at"] == (await bench.control("GET", "clock"))["next_midnight"]


async def test_accounts_keep_their_secrets(bench: Bench) -> None:
    shown = repr([await bench.items("accounts"), await bench.control("GET", "state")])
    for account in defaults.ACCOUNTS:
        assert account.appid in shown
        for secret in (account.secret, account.token, account.aes_key):
            assert secret not in shown


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Cookie": f"sandbox_secret={cookie_value(SECRET)}", "X-Sandbox-Console": "1"}, 200),
        ({"Cookie": f"sandbox_secret={cookie_value(SECRET)}"}, 401),
        ({"X-Sandbox-Console": "1"}, 401),
        ({"Cookie": "sandbox_secret=wrong", "X-Sandbox-Console": "1"}, 401),
        ({"Cookie": f"sandbox_secret={SECRET}", "X-Sandbox-Console": "1"}, 401),
    ],
    ids=["our page", "another page", "nobody", "wrong", "the secret itself"],
)
async def test_our_own_page_may_look(bench: Bench, headers: dict[str, str], status: int) -> None:
    assert (await bench.client.get("/_sandbox/state", headers=headers)).status_code == status

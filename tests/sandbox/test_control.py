import ast
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

import sandbox
from sandbox import defaults, settings
from sandbox.people import openid_of
from tests.sandbox.bench import LIN, SEND, ZHAO, Bench, card
from tests.sandbox.conftest import SETTINGS, running
from tests.sandbox.service import Service


@pytest.mark.parametrize("header", [None, "Bearer wrong", "test-secret"])
async def test_control_is_for_those_who_hold_the_secret(bench: Bench, header: str | None) -> None:
    headers = {"Authorization": header} if header else {}
    for method, path in (("GET", "state"), ("POST", "reset"), ("GET", "stats"), ("DELETE", "faults")):
        answer = await bench.client.request(method, f"/_sandbox/{path}", headers=headers)
        assert answer.status_code == 401


async def test_a_new_user_has_an_openid_for_each_account(bench: Bench) -> None:
    user = await bench.control(
        "POST", "users", {"nickname": "吴工", "phone": "13900000009", "role": "engineer", "follows": True}
    )
    assert set(user["openids"]) == {defaults.OFFICIAL_APPID, defaults.MINI_APPID}
    assert user["openids"][defaults.OFFICIAL_APPID] == openid_of(defaults.OFFICIAL_APPID, user["id"])
    assert (await bench.send(card(user["openids"][defaults.OFFICIAL_APPID])))["errcode"] == 0


async def test_unknown_users_and_acts_are_refused(bench: Bench) -> None:
    for user, body, status in (
        ("u-nobody", {"act": "follow"}, 404),
        ("u-lin", {"act": "fly"}, 422),
        ("u-lin", {"act": "send_text"}, 422),
    ):
        with pytest.raises(httpx.HTTPStatusError) as refused:
            await bench.control("POST", f"users/{user}/act", body)
        assert refused.value.response.status_code == status


async def test_readers_follow_by_cursor_and_by_openid(bench: Bench) -> None:
    for to in (LIN, ZHAO, LIN):
        await bench.send(card(to))
    first = await bench.control("GET", "messages?limit=2")
    assert len(first["items"]) == 2
    rest = await bench.control("GET", f"messages?since={first['next']}")
    assert [message["openid"] for message in rest["items"]] == [LIN]
    assert len(await bench.items(f"messages?openid={LIN}")) == 2
    empty = await bench.control("GET", f"messages?since={rest['next']}")
    assert empty == {"items": [], "next": rest["next"]}


async def test_every_call_is_logged_without_its_secrets(bench: Bench) -> None:
    token = await bench.token()
    await bench.send(card(client_msg_id="c1"), token)
    await bench.send(card("oNobody"), token)
    calls = await bench.items("requests")
    assert [(call["path"], call["errcode"]) for call in calls] == [
        ("/cgi-bin/stable_token", 0),
        (SEND, 0),
        (SEND, 40003),
    ]
    assert calls[1]["at"] <= (await bench.items("messages"))[0]["accepted_at"]
    assert token not in repr(calls)
    assert defaults.OFFICIAL_SECRET not in repr(calls)


async def test_the_log_is_bounded() -> None:
    async with running(replace(SETTINGS, keep_calls=5), Service()) as bench:
        for _ in range(8):
            await bench.get("/cgi-bin/token")
        assert [call["id"] for call in await bench.items("requests")] == [4, 5, 6, 7, 8]


async def test_reset_forgets(bench: Bench) -> None:
    token = await bench.token()
    await bench.send(token=token)
    await bench.fault("token_storm")
    await bench.quiet()
    await bench.control("POST", "reset")
    assert await bench.items("messages") == []
    assert (await bench.control("GET", "faults"))["items"] == []
    assert (await bench.send(token=token))["errcode"] == 40001
    assert (await bench.send())["errcode"] == 0


async def test_quiet_tells_what_is_owed(bench: Bench) -> None:
    await bench.control("POST", "settings", {"event_delay": [3600, 3600]})
    assert (await bench.control("GET", "assert/quiet"))["quiet"]
    await bench.send()
    assert await bench.control("GET", "assert/quiet") == {
        "quiet": False,
        "callbacks": 1,
        "checks": 0,
        "requests": 0,
    }


@pytest.mark.parametrize("name", ["ENV", "HUIXIANG_ENVIRONMENT"])
def test_does_not_start_in_production(name: str) -> None:
    with pytest.raises(settings.RefusedToStart):
        settings.load({name: "Production"})


def test_the_environment_is_read() -> None:
    loaded = settings.load(
        {"SANDBOX_SECRET": "s", "SANDBOX_EVENT_DELAY": "0", "SANDBOX_LATENCY_MS": "60"}, host="192.0.2.1"
    )
    assert (loaded.secret, loaded.event_delay, loaded.latency) == ("s", (0.0, 0.0), 0.06)
    assert not loaded.open_phone
    assert settings.load({}).open_phone
    assert len(settings.load({}).secret) >= 24


def test_it_knows_nothing_of_the_product() -> None:
    for file in Path(sandbox.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not [name for name in names if name.split(".")[0] in ("app", "wechatpy")], file.name

from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from sandbox import crypto, defaults, events
from sandbox.callbacks import Push
from sandbox.courier import NO_SERVICE
from sandbox.records import Account
from tests.sandbox.bench import LIN, Bench, until
from tests.sandbox.conftest import SETTINGS, running
from tests.sandbox.service import Service

OFFICIAL, MINI = defaults.ACCOUNTS


def _encrypted_reply(text: str, *, token: str = OFFICIAL.token) -> str:
    body = f"<xml><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[{text}]]></Content></xml>"
    encrypted = crypto.encrypt(OFFICIAL.aes_key, OFFICIAL.appid, body)
    signed = crypto.signature(token, "1713424427", "415670741", encrypted)
    return (
        f"<xml><Encrypt>{encrypted}</Encrypt><MsgSignature>{signed}</MsgSignature>"
        "<TimeStamp>1713424427</TimeStamp><Nonce>415670741</Nonce></xml>"
    )


async def _chat(bench: Bench) -> list[str]:
    await bench.quiet()
    return [message["text"] for message in await bench.items("messages") if message["channel"] != "user"]


async def test_safe_mode_hides_the_body_and_signs_the_envelope(bench: Bench) -> None:
    await bench.send()
    await bench.quiet()
    (push,) = bench.service.pushed
    assert set(push.envelope) == {"ToUserName", "Encrypt"}
    assert push.query["encrypt_type"] == "aes"
    assert push.query["openid"] == LIN
    assert push.is_signed
    assert push.query["signature"] == crypto.signature(
        OFFICIAL.token, push.query["timestamp"], push.query["nonce"]
    )


async def test_three_attempts_with_new_envelopes_around_one_body(bench: Bench) -> None:
    bench.service.script = [(500, ""), (502, "")]
    await bench.send()
    await bench.quiet()
    pushed = bench.service.pushed
    assert len(pushed) == 3
    assert len({push.body for push in pushed}) == 1
    assert len({push.envelope["Encrypt"] for push in pushed}) == 3
    assert len({push.query["nonce"] for push in pushed}) == 3
    (callback,) = await bench.items("callbacks")
    assert callback["status"] == "done"
    assert [attempt["status"] for attempt in callback["attempts"]] == [500, 502, 200]


async def test_gives_up_after_the_third_attempt(bench: Bench) -> None:
    bench.service.script = [(500, "")] * 3
    await bench.send()
    await bench.quiet()
    (callback,) = await bench.items("callbacks")
    assert (callback["status"], len(callback["attempts"])) == ("failed", 3)


async def test_a_service_that_does_not_answer_in_time_is_asked_again(bench: Bench) -> None:
    bench.service.silent = True
    await bench.act("u-lin", "send_text", text="在吗")
    await until(lambda: len(bench.service.pushed) == 3)
    assert await _chat(bench) == [NO_SERVICE]


async def test_text_in_and_an_encrypted_reply_out(bench: Bench) -> None:
    bench.service.script = [(200, _encrypted_reply("您好，请讲"))]
    sent = await bench.act("u-lin", "send_text", text="空调漏水 ]]> 怎么办")
    (text,) = await bench.pushed("text")
    assert (text["Content"], text["MsgId"]) == ("空调漏水 ]]> 怎么办", sent["msgid"])
    assert await _chat(bench) == ["您好，请讲"]


@pytest.mark.parametrize(
    "answer", ["hello", "{}", "<xml><MsgType>text</MsgType></xml>", _encrypted_reply("伪造", token="other")]
)
async def test_an_answer_that_cannot_be_read_shows_the_official_line(bench: Bench, answer: str) -> None:
    bench.service.script = [(200, answer)]
    await bench.act("u-lin", "send_text", text="在吗")
    assert await _chat(bench) == [NO_SERVICE]
    assert len(bench.service.pushed) == 1


@pytest.mark.parametrize("answer", ["success", ""])
async def test_no_reply_is_fine(bench: Bench, answer: str) -> None:
    bench.service.script = [(200, answer)]
    await bench.act("u-lin", "send_text", text="谢谢")
    assert await _chat(bench) == []


async def test_the_url_check_echoes_bare_text(bench: Bench) -> None:
    path = f"accounts/{OFFICIAL.appid}/verify-callback"
    checked = await bench.control("POST", path, {"url": "http://service.test/elsewhere"})
    assert checked["ok"]
    state = await bench.control("GET", "state")
    assert state["accounts"][0]["callback_url"] == "http://service.test/elsewhere"
    bench.service.token = "another-token"
    assert not (await bench.control("POST", path, {"url": "http://service.test/third"}))["ok"]


async def test_what_is_owed_survives_a_restart(tmp_path: Path) -> None:
    settings = replace(SETTINGS, state=str(tmp_path / "state.db"), event_delay=(3600.0, 3600.0))
    service = Service()
    async with running(settings, service) as bench:
        token = await bench.token()
        sent = await bench.send(token=token)
        await bench.act("u-sun", "follow")
        await bench.quiet_but_for(1)
    async with running(settings, service) as bench:
        assert await bench.token() == token
        await bench.control("POST", "clock", {"advance": 3601})
        (event,) = await bench.pushed("TEMPLATESENDJOBFINISH")
        assert event["MsgID"] == str(sent["msgid"])
        users = {user["id"]: user for user in (await bench.control("GET", "state"))["users"]}
        assert users["u-sun"]["follows"] == [OFFICIAL.appid]


async def test_nothing_is_owed_to_an_account_without_a_url() -> None:
    async with running(replace(SETTINGS, callback_base=None), Service()) as bench:
        await bench.send()
        (callback,) = await bench.items("callbacks")
        assert callback["status"] == "unconfigured"


def _seal(account: Account, body: str) -> bytes:
    return events.seal(account, "oX", body, 1714112445.0).body


def test_formats_and_modes() -> None:
    body = events.message(MINI, "oX", 1714112445.9, "event", Event="debug_demo")
    assert orjson.loads(body)["CreateTime"] == 1714112445
    safe = orjson.loads(_seal(MINI, body))
    assert set(safe) == {"ToUserName", "Encrypt"}
    assert crypto.decrypt(MINI.aes_key, MINI.appid, safe["Encrypt"]) == body
    compat = orjson.loads(_seal(replace(MINI, mode="compat"), body))
    assert compat["Event"] == "debug_demo"
    assert crypto.decrypt(MINI.aes_key, MINI.appid, compat["Encrypt"]) == body
    xml = events.message(OFFICIAL, "oX", 1.0, "event", Event="debug_demo")
    assert _seal(replace(OFFICIAL, mode="plain"), xml) == xml.encode()
    both = _seal(replace(OFFICIAL, mode="compat"), xml)
    assert b"debug_demo" in both
    assert b"<Encrypt>" in both


async def test_a_push_of_a_removed_url_is_not_sent(bench: Bench) -> None:
    await bench.control("POST", f"accounts/{OFFICIAL.appid}", {"callback_url": None})
    bench.world.courier.post(Push(OFFICIAL.appid, LIN, "text", "<xml/>"))
    await bench.quiet()
    assert bench.service.pushed == []

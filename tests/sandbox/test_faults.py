import httpx
import orjson
import pytest

from sandbox import defaults
from tests.sandbox.bench import LIN, SEND, ZHAO, Bench, card, until


async def _codes(bench: Bench, count: int, **over: object) -> list[int]:
    return [int((await bench.send(card(**over)))["errcode"]) for _ in range(count)]  # type: ignore[arg-type]


async def test_a_rule_befalls_only_what_it_matches(bench: Bench) -> None:
    await bench.fault({"errcode": 45011}, path=SEND, openid=LIN)
    assert (await bench.send(card(ZHAO)))["errcode"] == 0
    assert (await bench.send(card(LIN)))["errcode"] == 45011
    await bench.control("DELETE", "faults")
    assert (await bench.send(card(LIN)))["errcode"] == 0


async def test_times_and_nth(bench: Bench) -> None:
    await bench.fault({"errcode": -1}, times=2, path=SEND)
    assert await _codes(bench, 3) == [-1, -1, 0]
    await bench.control("DELETE", "faults")
    await bench.fault({"errcode": -1}, path=SEND, nth=2)
    assert await _codes(bench, 3) == [0, -1, 0]


async def test_the_same_seed_brings_the_same_mishaps(bench: Bench) -> None:
    await bench.fault({"errcode": -1}, path=SEND, probability=0.5)
    await bench.control("POST", "seed", {"random": 11})
    first = await _codes(bench, 12)
    await bench.control("POST", "seed", {"random": 11})
    assert await _codes(bench, 12) == first
    assert set(first) == {0, -1}


@pytest.mark.parametrize("code", [43004, 43101, 43019])
async def test_refuse_user(bench: Bench, code: int) -> None:
    await bench.fault({"refuse_user": code}, times=1)
    assert await _codes(bench, 2) == [code, 0]


async def test_block_content_names_a_template(bench: Bench) -> None:
    await bench.fault("block_content", template_id="tpl-ticket-progress")
    assert await _codes(bench, 1) == [40249]
    assert await bench.items("messages") == []


async def test_review_delivers_later_without_a_second_send(bench: Bench) -> None:
    await bench.fault({"review": {"deliver_after_s": 600}}, times=1)
    refused = await bench.send(card(client_msg_id="r1"))
    assert refused["errcode"] == 40252
    assert "msgid" not in refused
    assert (await bench.send(card(client_msg_id="r1")))["errcode"] == 40252
    (message,) = await bench.items("messages")
    assert (message["status"], message["delivered"]) == ("in_review", False)
    await bench.control("POST", "clock", {"advance": 601})
    (event,) = await bench.pushed("TEMPLATESENDJOBFINISH")
    assert (event["FromUserName"], event["Status"]) == (LIN, "success")
    (message,) = await bench.items("messages")
    assert (message["status"], message["delivered"]) == ("delivered", True)


async def test_a_job_may_fail_in_the_system(bench: Bench) -> None:
    await bench.fault("job_failed", times=1)
    assert await _codes(bench, 1) == [0]
    (event,) = await bench.pushed("TEMPLATESENDJOBFINISH")
    assert event["Status"] == "failed: system failed"
    assert not (await bench.items("messages"))[0]["delivered"]


async def test_http_and_garbage_are_no_answers(bench: Bench) -> None:
    token = await bench.token()
    await bench.fault({"http": 503}, times=1, path=SEND)
    await bench.fault("garbage_body", path=SEND, nth=1)
    answer = await bench.client.post(SEND, params={"access_token": token}, json=card())
    assert (answer.status_code, answer.headers["content-type"]) == (503, "text/html")
    await bench.control("DELETE", "faults")
    await bench.fault("garbage_body", times=1, path=SEND)
    garbage = await bench.client.post(SEND, params={"access_token": token}, json=card())
    with pytest.raises(orjson.JSONDecodeError):
        orjson.loads(garbage.content)
    assert await bench.items("messages") == []


async def test_drop_after_accept_delivers_and_the_retry_is_not_seen_twice(bench: Bench) -> None:
    await bench.fault("drop_after_accept", times=1, path=SEND)
    body = card(client_msg_id="d1")
    with pytest.raises(ConnectionResetError):
        await bench.send(body)
    assert (await bench.send(body))["errcode"] == 0
    assert len(await bench.items("messages")) == 1
    assert len(await bench.pushed("TEMPLATESENDJOBFINISH")) == 1
    assert [call["faults"] for call in await bench.items(f"requests?path={SEND}")] == [
        ["drop_after_accept"],
        [],
    ]


async def test_slow_holds_the_answer_back(bench: Bench) -> None:
    await bench.fault({"slow": 40}, path=SEND)
    await bench.send()
    (call,) = await bench.items(f"requests?path={SEND}")
    assert call["ms"] >= 40


async def test_token_revoked_behaves_as_a_forced_refresh_by_somebody_else(bench: Bench) -> None:
    token = await bench.token()
    await bench.fault("token_revoked", path=SEND)
    assert (await bench.send(token=token))["errcode"] == 40001
    fresh = await bench.token()
    assert fresh != token
    assert (await bench.send(token=fresh))["errcode"] == 0


async def test_token_flap_passes_and_token_storm_does_not(bench: Bench) -> None:
    token = await bench.token()
    await bench.fault("token_flap")
    assert [(await bench.send(token=token))["errcode"] for _ in range(2)] == [40001, 0]
    await bench.fault("token_storm")
    assert [(await bench.send(token=token))["errcode"] for _ in range(3)] == [40001] * 3
    assert await bench.token() == token


async def test_a_callback_may_come_again(bench: Bench) -> None:
    await bench.fault({"cb_duplicate": 2}, event="TEMPLATESENDJOBFINISH")
    await bench.send()
    await bench.quiet()
    assert len(bench.service.pushed) == 3
    assert len({push.body for push in bench.service.pushed}) == 1


async def test_a_callback_may_be_lost_or_late(bench: Bench) -> None:
    await bench.fault("cb_lost", openid=LIN)
    await bench.fault({"cb_delay": 3600}, openid=ZHAO)
    await bench.send(card(LIN))
    await bench.send(card(ZHAO))
    await bench.quiet_but_for(1)
    assert bench.service.pushed == []
    await bench.control("POST", "clock", {"advance": 3601})
    (event,) = await bench.pushed("TEMPLATESENDJOBFINISH")
    assert event["FromUserName"] == ZHAO
    assert [callback["status"] for callback in await bench.items("callbacks")] == ["lost", "done"]


async def test_a_callback_may_be_forged(bench: Bench) -> None:
    await bench.fault("cb_bad_signature", times=1)
    await bench.send()
    await bench.send()
    await bench.quiet()
    assert sorted(push.is_signed for push in bench.service.pushed) == [False, True]


async def test_the_event_may_come_before_the_answer(bench: Bench) -> None:
    await bench.control("POST", "settings", {"event_delay": [3600, 3600]})
    await bench.fault("event_before_response", times=1)
    sent = await bench.send()
    # Nothing was waited for: the push was there when the answer came.
    (push,) = bench.service.pushed
    assert push.fields["MsgID"] == str(sent["msgid"])


async def test_hang_never_answers(bench: Bench) -> None:
    await bench.fault({"hang": 0.01}, times=1, path=SEND)
    with pytest.raises(ConnectionResetError):
        await bench.send()
    assert await bench.items("messages") == []


@pytest.mark.parametrize("do", ["explode", {}, {"slow": "fast"}, {"slow": 1, "hang": 1}, {"hang": [1]}, 5])
async def test_refuses_a_rule_it_does_not_understand(bench: Bench, do: object) -> None:
    with pytest.raises(httpx.HTTPStatusError) as refused:
        await bench.fault(do)
    assert refused.value.response.status_code == 422
    assert (await bench.control("GET", "faults"))["items"] == []


async def test_callback_rules_leave_calls_alone(bench: Bench) -> None:
    await bench.fault("cb_lost", appid=defaults.OFFICIAL_APPID, path=SEND, times=1)
    assert await _codes(bench, 2) == [0, 0]
    await until(lambda: len(bench.service.pushed) == 1)

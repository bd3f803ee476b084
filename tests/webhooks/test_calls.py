"""Calls to a real receiver: what it gets, what becomes of failures, and what a killed worker leaves behind."""

import asyncio
import hmac
import json
from datetime import timedelta

import pytest

from app.integrations.webhooks import open_webhooks
from app.services.webhooks.fan_out import fan_out
from app.services.webhooks.lease import LEASE
from tests.webhooks.conftest import Exchange
from tests.webhooks.receiver import Receiver, answer


async def test_what_a_receiver_gets_and_how_it_verifies_it(exchange: Exchange) -> None:
    await exchange.endpoint()
    number = await exchange.ticket()
    await exchange.rest()
    (it,) = exchange.receiver.received
    assert it.headers["huixiang-event-id"] == f"{number}-1" == it.document["id"]
    assert it.headers["huixiang-attempt"] == "1"
    moment, digest = it.headers["huixiang-signature"].removeprefix("t=").split(",v1=")
    signed = moment.encode() + b"." + it.body
    assert hmac.new(b"whsec_of_/", signed, "sha256").hexdigest() == digest
    assert "王女士" not in it.body.decode()
    assert "13800138000" not in it.body.decode()


async def test_a_receiver_learns_under_which_number_it_made_the_ticket(exchange: Exchange) -> None:
    await exchange.endpoint()
    number, other = await exchange.ticket(), await exchange.ticket()
    async with exchange.transaction() as connection:
        token = await connection.fetchval(
            """INSERT INTO api_tokens (id, name, prefix, digest, scopes, expires_at, created_by, created_at)
               VALUES (gen_random_uuid(), 'ERP', 'hxt_', 'd', '{tickets:create}', $1, $2, $1) RETURNING id""",
            exchange.now,
            exchange.admin.id,
        )
        await connection.execute(
            """INSERT INTO external_references (token_id, reference, ticket_id, fingerprint)
               SELECT $1, 'ERP-1', id, '' FROM tickets WHERE number = $2""",
            token,
            number,
        )
        await connection.execute("UPDATE tickets SET channel = 'api' WHERE number = $1", number)
    await exchange.rest()
    told = {
        each["number"]: each for each in (json.loads(it.body)["ticket"] for it in exchange.receiver.received)
    }
    assert (told[number]["channel"], told[number]["external_reference"]) == ("api", "ERP-1")
    assert (told[other]["channel"], told[other]["external_reference"]) == ("mini_program", None)


@pytest.mark.parametrize("sent", [False, True])
async def test_what_a_killed_worker_held_is_sent_again_with_the_same_id(
    exchange: Exchange, sent: bool
) -> None:
    """Killed between lease and outcome, before or after the call; nothing but the rows is left of it."""
    await exchange.endpoint()
    await exchange.ticket(events=2)
    await exchange.fan_out()
    (held,) = await exchange.lease()
    if sent:
        await exchange.client.post(held.url, held.body, {"Huixiang-Event-Id": held.event_id})
    await exchange.rest()
    assert await exchange.states() == ["sending", "queued"]
    exchange.advance(LEASE)
    await exchange.rest()
    ids = [each.id for each in exchange.receiver.received]
    assert ids == [held.event_id] * (1 + sent) + [held.event_id[:-1] + "2"]
    lost, kept = await exchange.rows(
        "SELECT milliseconds, status FROM webhook_attempts WHERE delivery_id = $1 ORDER BY attempt", held.id
    )
    assert (lost["milliseconds"], kept["status"]) == (None, 200)


async def test_a_late_worker_is_not_heard_any_more(exchange: Exchange) -> None:
    await exchange.endpoint()
    await exchange.ticket()
    await exchange.fan_out()
    (old,) = await exchange.lease()
    exchange.advance(LEASE)
    (new,) = await exchange.lease()
    assert new.attempt == old.attempt + 1
    exchange.receiver.answers["/"] = lambda _: answer(500)
    await exchange.settle(new)
    exchange.receiver.answers.clear()
    await exchange.settle(old)
    assert await exchange.states() == ["queued"]


class Killed(Exception):
    pass


async def fan_out_and_die(exchange: Exchange) -> None:
    await exchange.others_ended()
    async with exchange.transaction() as connection:
        assert await fan_out(connection, exchange.now)
        raise Killed


async def test_killed_while_fanning_out_nothing_is_lost_or_doubled(exchange: Exchange) -> None:
    await exchange.endpoint()
    number = await exchange.ticket()
    with pytest.raises(Killed):
        await fan_out_and_die(exchange)
    await exchange.rest()
    assert [each.id for each in exchange.receiver.received] == [f"{number}-1"]


async def test_a_slow_endpoint_keeps_nobody_waiting(exchange: Exchange) -> None:
    await exchange.endpoint("/slow")
    await exchange.endpoint("/quick")
    exchange.receiver.gates["/slow"] = asyncio.Event()
    for _ in range(10):
        await exchange.ticket()

    async def told() -> bool:
        return len(exchange.receiver.at("/quick")) == 10

    async with exchange.worker():
        await exchange.until(told)
        assert len(exchange.receiver.at("/slow")) <= 4
        exchange.receiver.gates["/slow"].set()
    assert (await exchange.states()).count("delivered") >= 14


async def test_it_is_tried_for_a_day_then_dead_and_can_be_played_again(exchange: Exchange) -> None:
    endpoint = await exchange.endpoint()
    await exchange.ticket()
    exchange.receiver.answers["/"] = lambda _: answer(503, "維護中", Retry_After="60")
    for _ in range(30):
        await exchange.step()
        exchange.advance(timedelta(hours=1))
    assert await exchange.states() == ["dead"]
    attempts = await exchange.rows("SELECT status, answer FROM webhook_attempts")
    assert 10 <= len(attempts) <= 26
    assert (attempts[0]["status"], attempts[0]["answer"]) == (503, "維護中")
    (body,) = {each.body for each in exchange.receiver.received}
    exchange.receiver.answers.clear()
    async with await exchange.live.caller_for(exchange.admin) as admin:
        again = await admin.post(
            f"/api/v1/webhooks/{endpoint}/replays", json={"since": "2026-06-01T00:00:00+08:00"}
        )
    assert (again.status_code, again.json()) == (202, {"queued": 1})
    await exchange.rest()
    assert await exchange.states() == ["delivered"]
    assert exchange.receiver.received[-1].body == body


async def test_one_that_fails_for_days_is_switched_off_and_the_admins_are_told(exchange: Exchange) -> None:
    endpoint = await exchange.endpoint()
    exchange.receiver.answers["/"] = lambda _: b""
    for _ in range(14):
        await exchange.ticket()
        await exchange.step()
        exchange.advance(timedelta(hours=6))
    (row,) = await exchange.rows("SELECT state FROM webhook_endpoints")
    assert row["state"] == "disabled"
    (alarm,) = await exchange.rows("SELECT kind, subject, detail FROM alarms")
    assert (alarm["kind"], alarm["subject"]) == ("webhook", endpoint)
    assert "已自动停用" in alarm["detail"]
    before = len(exchange.receiver.received)
    exchange.receiver.answers.clear()
    await exchange.rest()
    assert len(exchange.receiver.received) == before
    async with await exchange.live.caller_for(exchange.admin) as admin:
        await admin.patch(f"/api/v1/webhooks/{endpoint}", json={"state": "active"})
    await exchange.rest()
    assert set(await exchange.states()) <= {"delivered", "dead"}
    assert "delivered" in await exchange.states()


async def test_a_receiver_that_is_gone_is_believed_at_once(exchange: Exchange) -> None:
    await exchange.endpoint()
    await exchange.ticket()
    exchange.receiver.answers["/"] = lambda _: answer(410)
    await exchange.rest()
    assert await exchange.states() == ["dead"]
    (row,) = await exchange.rows("SELECT state FROM webhook_endpoints")
    assert row["state"] == "disabled"


async def test_a_failing_endpoint_is_asked_by_one_call_at_a_time(exchange: Exchange) -> None:
    await exchange.endpoint()
    exchange.receiver.answers["/"] = lambda _: answer(500)
    for _ in range(20):
        await exchange.ticket()
    await exchange.rest()
    tried = len(exchange.receiver.received)
    assert tried <= 8
    exchange.advance(timedelta(minutes=10))
    assert await exchange.step() == 1


async def test_while_paused_it_waits(exchange: Exchange) -> None:
    endpoint = await exchange.endpoint()
    async with await exchange.live.caller_for(exchange.admin) as admin:
        await admin.patch(f"/api/v1/webhooks/{endpoint}", json={"state": "paused"})
        await exchange.ticket()
        await exchange.rest()
        assert (exchange.receiver.received, await exchange.states()) == ([], ["queued"])
        await admin.patch(f"/api/v1/webhooks/{endpoint}", json={"state": "active"})
    await exchange.rest()
    assert await exchange.states() == ["delivered"]


async def test_a_redirect_is_a_failure_and_is_not_followed(exchange: Exchange) -> None:
    await exchange.endpoint()
    exchange.receiver.answers["/"] = lambda _: answer(302, Location=exchange.receiver.url("/inner"))
    await exchange.ticket()
    await exchange.rest()
    assert exchange.receiver.at("/inner") == []
    assert await exchange.states() == ["queued"]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1"])
async def test_a_name_that_leads_into_our_own_network_is_not_called(receiver: Receiver, host: str) -> None:
    """Whatever was registered: what counts is where it leads at the moment of the call."""
    async with open_webhooks(at_home=False) as client:
        told = await client.post(receiver.url(host=host), b"{}", {})
    assert (told.status, told.error) == (None, "address_refused")
    assert receiver.received == []


async def test_an_answer_without_end_is_cut_and_nobody_there_is_an_answer_too(receiver: Receiver) -> None:
    receiver.answers["/"] = lambda _: answer(200, "x" * 100_000)
    async with open_webhooks(at_home=True) as client:
        told = await client.post(receiver.url(), b"{}", {})
        assert (told.status, len(told.beginning or "")) == (200, 500)
        told = await client.post("http://127.0.0.1:1/", b"{}", {})
        assert (told.status, told.error) == (None, "ConnectError")

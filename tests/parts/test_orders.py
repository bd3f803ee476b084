"""A job that waits for parts: the customer sees what for, until when, and where it is."""

from datetime import datetime, timedelta
from typing import Any

import asyncpg
import pytest
from httpx import Response

from tests.tickets.story import Story

TOLD = """
SELECT o.slots->>'hint' FROM outbox o JOIN ticket_events e USING (ticket_id, seq)
 WHERE e.event = 'parts_updated' AND o.recipient = 'customer' ORDER BY o.id
"""


@pytest.fixture
async def waiting(shop: Story) -> Story:
    """Two parts are on order, one of the catalogue and one that no catalogue has."""
    await shop.on_site()
    due = (shop.clock.now + timedelta(days=5)).isoformat()
    parts = [{"code": "AC-BOARD"}, {"name": "老款面板", "quantity": 2}]
    await shop.step(shop.engineer, "need_parts", parts=parts, due_at=due)
    return shop


async def orders(rows: asyncpg.Connection) -> list[int]:
    return [row["id"] for row in await rows.fetch("SELECT id FROM part_orders ORDER BY id")]


async def patch(story: Story, order: int, **body: Any) -> Response:
    return await story.agent.patch(f"/api/v1/part-orders/{order}", json=body)


async def told(rows: asyncpg.Connection) -> list[str]:
    return [row[0] for row in await rows.fetch(TOLD)]


async def test_the_customer_sees_what_is_awaited(waiting: Story) -> None:
    shown = (await waiting.see())["parts_waiting"]
    assert [(p["name"], p["quantity"], p["label"]) for p in shown] == [
        ("外机控制板", 1, "已订购"),
        ("老款面板", 2, "已订购"),
    ]


async def test_a_tracking_number_is_shown_and_told_once(waiting: Story, rows: asyncpg.Connection) -> None:
    first, _ = await orders(rows)
    for _ in range(2):
        answer = await patch(waiting, first, carrier="顺丰", tracking_number="SF1234567890")
        assert answer.status_code == 200, answer.text
    shown = (await waiting.see())["parts_waiting"][0]
    assert (shown["carrier"], shown["tracking_number"], shown["label"]) == ("顺丰", "SF1234567890", "运输中")
    assert await told(rows) == ["外机控制板已发出，顺丰SF1234567890"]


async def test_a_new_date_needs_a_reason_and_moves_the_promise(
    waiting: Story, rows: asyncpg.Connection
) -> None:
    first, _ = await orders(rows)
    later = waiting.clock.now + timedelta(days=9)
    refused = await patch(waiting, first, due_at=later.isoformat())
    assert refused.json()["errors"][0]["field"] == "body.reason"
    before = (await waiting.see())["promised_at"]
    assert (await patch(waiting, first, due_at=later.isoformat(), reason="工厂缺料")).status_code == 200
    after = (await waiting.see())["promised_at"]
    assert datetime.fromisoformat(after) > datetime.fromisoformat(before)
    (hint,) = await told(rows)
    assert hint.endswith("工厂缺料")


async def test_the_old_date_alarms_nobody_after_a_new_one(waiting: Story, rows: asyncpg.Connection) -> None:
    for order in await orders(rows):
        later = (waiting.clock.now + timedelta(days=20)).isoformat()
        await patch(waiting, order, due_at=later, reason="工厂缺料")
    waiting.clock.advance(days=7)
    await waiting.sweep()
    assert await rows.fetchval("SELECT count(*) FROM ticket_events WHERE event = 'escalated'") == 0
    waiting.clock.advance(days=15)
    await waiting.sweep()
    assert await rows.fetchval("SELECT count(*) FROM ticket_events WHERE event = 'escalated'") == 1


async def test_the_job_goes_on_when_the_last_part_has_come(waiting: Story, rows: asyncpg.Connection) -> None:
    first, second = await orders(rows)
    await patch(waiting, first, state="arrived")
    seen = await waiting.see()
    assert (seen["state"], [p["name"] for p in seen["parts_waiting"]]) == ("waiting_parts", ["老款面板"])
    assert await told(rows) == ["外机控制板已到货"]
    await patch(waiting, second, state="arrived")
    seen = await waiting.see()
    assert (seen["state"], seen["parts_waiting"]) == ("accepted", [])


async def test_what_is_cancelled_is_not_awaited(waiting: Story, rows: asyncpg.Connection) -> None:
    first, second = await orders(rows)
    await patch(waiting, second, state="cancelled")
    await patch(waiting, first, state="arrived")
    assert (await waiting.see())["state"] == "accepted"
    states = await rows.fetch("SELECT state FROM part_orders ORDER BY id")
    assert [row["state"] for row in states] == ["arrived", "cancelled"]


async def test_what_has_come_is_not_changed_any_more(waiting: Story, rows: asyncpg.Connection) -> None:
    first, _ = await orders(rows)
    await patch(waiting, first, state="arrived")
    answer = await patch(waiting, first, carrier="顺丰")
    assert (answer.status_code, answer.json()["code"]) == (409, "order_over")


async def test_an_unknown_code_is_named(shop: Story) -> None:
    await shop.on_site()
    due = (shop.clock.now + timedelta(days=5)).isoformat()
    answer = await shop.ask(shop.engineer, "need_parts", parts=[{"code": "NO-SUCH"}], due_at=due)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "body.parts.0.code")

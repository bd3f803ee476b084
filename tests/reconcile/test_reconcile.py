"""Whatever is stored twice is counted twice: the two agree on a full life, and one wrong row is found and named."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import driver
from app.domain.kpi.rows import Rows
from app.domain.period import Period
from app.models import Customer
from app.services.kpi.gather import gather
from app.services.reconcile.difference import Counted, Difference
from app.services.reconcile.everything import reconcile
from app.services.reconcile.twice import TWICE
from app.services.seed.membership import plant_membership
from app.services.service_levels.look import look_one
from tests.harness.callers import Caller
from tests.kpi.days import count_days
from tests.make import make_household
from tests.parts.conftest import Stocking
from tests.tickets import bodies
from tests.tickets.story import Story

# What somebody did to one row, and the kind under which it must be named.
CORRUPTED = {
    "clocks": "UPDATE clock_segments SET ended_at = ended_at + interval '1 second' WHERE clock = 'response'",
    "deadlines": "UPDATE service_level_events SET due_at = due_at - interval '1 second'",
    "ticket_seq": "UPDATE tickets SET seq = seq + 1",
    "ticket_urged": "UPDATE tickets SET urged = urged + 1",
    "urgings": "DELETE FROM urgings",
    "urging_answers": "UPDATE urgings SET answered_at = answered_at + interval '1 second'",
    "ticket_reopened": "UPDATE tickets SET reopened = reopened + 1",
    "ticket_rebooked": "UPDATE tickets SET rebooked_by_customer = rebooked_by_customer + 1",
    "completed_at": "UPDATE tickets SET completed_at = completed_at + interval '1 second'",
    "quote_total": "UPDATE quotes SET total_fen = total_fen + 1",
    "charge": "UPDATE completions SET charge_fen = charge_fen - 1",
    "receipt_total": "UPDATE receipts SET total_fen = total_fen - 1",
    "charge_approved": "UPDATE completions SET charge_fen = charge_fen + 100000",
    "stock": "UPDATE stock SET on_hand = on_hand + 1",
    "fitted": "UPDATE fitted_parts SET quantity = quantity + 1",
    "reservations": "UPDATE stock_entries SET reserved = reserved + 1 WHERE reason = 'use'",
    "consents": "UPDATE consent_balances SET available = available + 1",
    "member_points": "UPDATE member_points SET change = change + 1",
    "member_points_of": "UPDATE member_points SET customer_id = c.id FROM customers c WHERE c.id <> customer_id",
    "calls": "UPDATE follow_ups SET attempts = attempts + 1",
    "conversations": "UPDATE conversations SET last_message_id = last_message_id + 1",
    "households": "DELETE FROM household_members WHERE customer_id = (SELECT owner_id FROM households)",
    "trends": "UPDATE trend_figures SET cases = cases + 1, total = total + 1",
    "merged": "UPDATE tickets SET merged_into = id WHERE merged_into IS NOT NULL",
}
_SUBSCRIBED = """
INSERT INTO consent_balances (appid, openid, template_id, available, updated_at) VALUES ('a', 'o', 't', 0, now())
"""


async def counted(rows: asyncpg.Connection, now: datetime) -> list[Counted]:
    return [each async for each in reconcile(rows, Period.month_of(now), now)]


async def differences(rows: asyncpg.Connection, now: datetime) -> list[Difference]:
    return [each for found in await counted(rows, now) for each in found.differences]


@asynccontextmanager
async def undone(rows: asyncpg.Connection) -> AsyncIterator[None]:
    savepoint = rows.transaction()
    await savepoint.start()
    await rows.execute("SELECT set_config('huixiang.erasing', 'on', true)")
    try:
        yield
    finally:
        await savepoint.rollback()


async def full_life(story: Story, stock: Stocking, neighbour: Caller, session: AsyncSession) -> None:
    """Warned of, urged, rebooked, quoted, repaired with a part, to be called, and another report merged into it."""
    await stock(van=3, point=5)
    await plant_membership(await driver(session), story.clock.now)
    assert isinstance(story.customer.person, Customer)
    assert isinstance(neighbour.person, Customer)
    await make_household(session, story.customer.person, neighbour.person)
    await story.submit()
    await story.customer.post(f"/api/v1/tickets/{story.number}/messages", json={"text": "有人吗"})
    await _warned(story)
    await story.sweep()
    await story.customer.post(f"/api/v1/tickets/{story.number}/urgings", json={"message": "快点"})
    await story.step(story.engineer, "accept")
    await story.step(story.customer, "book", window=bodies.window(story.clock.now, hour=16))
    later = bodies.window(story.clock.now, hour=18)
    await story.step(story.customer, "rebook", window=later, reason_code="customer_wish")
    await _repaired(story)
    await _merged(story)
    await story.step(story.customer, "confirm")


async def _warned(story: Story) -> None:
    """Half of the time for a first answer is over, and the worker has looked."""
    async with story.database.sessions.begin() as session:
        await look_one(await driver(session), story.clock.now)
    story.clock.advance(minutes=61)
    async with story.database.sessions.begin() as session:
        assert await look_one(await driver(session), story.clock.now)


async def _repaired(story: Story) -> None:
    held = {"lines": [{"part_code": "AC-CAP", "quantity": 2}]}
    url = f"/api/v1/tickets/{story.number}/part-reservations"
    assert (await story.engineer.post(url, json=held)).status_code == 201
    await story.step(story.engineer, "depart")
    await story.step(story.engineer, "arrive", **bodies.HOME)
    quoted = await story.step(story.engineer, "quote", lines=[{"code": "AC-GAS", "quantity": 2}])
    await story.step(story.customer, "approve_quote", quote_version=quoted["quote"]["version"])
    for purpose in ("before", "after"):
        await story.photo(story.engineer, purpose)
    done = {"fault_code": "F01", "solution": "更换电容", "old_parts": "none"}
    parts = [{"code": "AC-CAP", "quantity": 1}]
    charge = quoted["quote"]["total_fen"]
    await story.step(story.engineer, "finish", **done, parts=parts, charge_fen=charge)


async def _merged(story: Story) -> None:
    kept = story.number
    second = (await story.submit(fault="空调不制冷，一直吹热风"))["number"]
    await story.step(story.agent, "merge", into=kept)
    assert story.number == second
    story.number = kept


@pytest.mark.usefixtures("drawn")
async def test_a_full_life_agrees_and_one_wrong_row_is_named(
    shop: Story, stock: Stocking, stranger: Caller, session: AsyncSession, rows: asyncpg.Connection
) -> None:
    await full_life(shop, stock, stranger, session)
    await rows.execute(_SUBSCRIBED)
    now = shop.clock.now
    await count_days(rows, now + timedelta(days=2))
    found = await counted(rows, now)
    assert [each for counts in found for each in counts.differences] == []
    # Each of them had something to compare.
    assert [each.name for each in found if not each.compared] == []
    assert {twice.name for twice in TWICE} | {"clocks", "deadlines"} == set(CORRUPTED)
    for kind, statement in CORRUPTED.items():
        async with undone(rows):
            assert not (await rows.execute(statement)).endswith(" 0"), kind
            assert kind in {each.kind for each in await differences(rows, now)}, kind


async def test_a_figure_that_is_reported_otherwise_is_named(
    story: Story, rows: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Figures are computed and nowhere stored: what can be wrong is the computing."""
    await story.completed()

    async def flattering(connection: asyncpg.Connection, period: Period) -> Rows:
        told = await gather(connection, period)
        return replace(told, jobs=tuple(replace(job, evidence_complete=False) for job in told.jobs))

    assert await differences(rows, story.clock.now) == []
    monkeypatch.setattr("app.services.kpi.recount.gather", flattering)
    named = {(each.kind, each.key.split()[1]) for each in await differences(rows, story.clock.now)}
    assert named == {(f"kpi_{whose}", "evidence") for whose in ("engineers", "service_points")}

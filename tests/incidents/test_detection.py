"""From rows to proposals: what is counted, who hears of it, and what happens to the tickets that come after."""

import re
from collections.abc import Callable
from datetime import timedelta

import asyncpg
import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import ServicePoint
from app.workers.incidents import IncidentWatch
from tests.incidents.bursts import DIAGNOSIS, burst, report, usual_fortnight
from tests.make import make_customer
from tests.tickets.story import Story

_FOUND = "SELECT state, title, evidence FROM incidents ORDER BY id"
_ATTACHED = "SELECT how, count(*) FROM incident_tickets WHERE ended_at IS NULL GROUP BY how ORDER BY how"


@pytest.fixture
def watch(story: Story) -> Callable[[], IncidentWatch]:
    """A worker's part, as it begins: it looks at once."""
    return lambda: IncidentWatch(story.database.sessions, story.clock.read)


async def run(part: IncidentWatch) -> None:
    for _ in range(100):
        if not await part.step():
            return
    raise AssertionError("the incidents do not come to rest")


@pytest.fixture
async def point(story: Story, session: AsyncSession) -> object:
    return await session.scalar(select(ServicePoint.id))


async def test_a_burst_is_proposed_to_the_managers_with_its_tickets(
    story: Story,
    session: AsyncSession,
    rows: asyncpg.Connection,
    watch: Callable[[], IncidentWatch],
    point: object,
) -> None:
    await usual_fortnight(session, story.clock.now, service_point_id=point)
    tickets = await burst(session, story.clock.now, service_point_id=point)
    await run(watch())
    (found,) = await rows.fetch(_FOUND)
    assert found["state"] == "proposed"
    assert "空调制冷制热失效集中报修" in found["title"]
    assert found["evidence"]["observed"] == 9
    assert 0.1 < found["evidence"]["expected"] < 0.5
    assert [tuple(row) for row in await rows.fetch(_ATTACHED)] == [("burst", 9)]
    told = await rows.fetch("SELECT recipient_id, slots FROM outbox WHERE kind = 'staff_notice'")
    assert [row["recipient_id"] for row in told] == [story.manager.person.id]
    assert re.fullmatch(r"1小时内9位客户，平时0\.\d位", told[0]["slots"]["hint"])
    why = await rows.fetchval("SELECT text FROM incident_entries WHERE kind = 'proposed'")
    assert re.fullmatch(r"1小时内9位客户；前14天这个时段平均每小时0\.\d位，偶然到这个数一年难遇一次", why)
    assert told[0]["slots"]["number"] == tickets[0].number


async def test_what_comes_later_is_absorbed_and_nothing_is_proposed_twice(
    story: Story, session: AsyncSession, rows: asyncpg.Connection, watch: Callable[[], IncidentWatch]
) -> None:
    await burst(session, story.clock.now)
    part = watch()
    await run(part)
    await burst(session, story.clock.advance(minutes=45), 8)
    await run(part)
    await run(watch())
    assert len(await rows.fetch(_FOUND)) == 1
    assert [tuple(row) for row in await rows.fetch(_ATTACHED)] == [("burst", 9), ("match", 8)]


async def test_between_looks_nothing_is_looked_for(
    story: Story, session: AsyncSession, rows: asyncpg.Connection, watch: Callable[[], IncidentWatch]
) -> None:
    part = watch()
    await run(part)
    await burst(session, story.clock.now)
    await run(part)
    assert await rows.fetch(_FOUND) == []
    story.clock.advance(minutes=3)
    await run(part)
    assert len(await rows.fetch(_FOUND)) == 1


async def test_one_customer_counts_once_and_refused_merged_and_ordered_work_not_at_all(
    story: Story, session: AsyncSession, rows: asyncpg.Connection, watch: Callable[[], IncidentWatch]
) -> None:
    now, loud = story.clock.now, await make_customer(session)
    for minutes in range(9):
        await report(session, now - timedelta(minutes=minutes), loud)
    for over in ({"state": "rejected"}, {"state": "merged"}, {"service_type": "installation"}):
        await burst(session, now, 6, **over)
    await burst(session, now, 2)
    await run(watch())
    assert await rows.fetch(_FOUND) == []


async def test_keys_are_apart_and_all_are_judged_by_one_look(
    story: Story,
    session: AsyncSession,
    rows: asyncpg.Connection,
    watch: Callable[[], IncidentWatch],
    point: object,
) -> None:
    now = story.clock.now
    await burst(session, now, service_point_id=point)
    await burst(session, now, diagnosis=DIAGNOSIS | {"fault": "支付扣款"})
    for category in ("冰箱", "电视", "洗衣机"):
        await burst(session, now, 3, category=category)
    await run(watch())
    assert len(await rows.fetch(_FOUND)) == 2


async def test_a_busy_hour_of_every_day_is_no_burst(
    story: Story, session: AsyncSession, rows: asyncpg.Connection, watch: Callable[[], IncidentWatch]
) -> None:
    now = story.clock.now
    for days in range(1, 15):
        for _ in range(7):
            await report(session, now - timedelta(days=days, minutes=25), state="closed")
    await burst(session, now, 9)
    await run(watch())
    assert await rows.fetch(_FOUND) == []

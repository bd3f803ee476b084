"""Whoever had far less than the others of late is favoured a little, and the dispatcher reads why."""

from datetime import timedelta

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.zone import ZONE
from app.models import Engineer
from tests.harness.callers import Caller
from tests.harness.clock import Clock
from tests.make import make_roster
from tests.tickets.conftest import make_able_engineer
from tests.tickets.story import Story

# Of yesterday: a ticket of somebody else's, so many minutes long.
_WORKED = """
INSERT INTO visits (ticket_id, engineer_id, state, promised, planned, arrival_code, departed_at, arrived_at,
                    finished_at, created_at)
SELECT t.id, $1, 'done', tstzrange($2, $3), tstzrange($2, $3), '', $2, $2, $3, $2 FROM tickets t WHERE t.number = $4
"""


@pytest.mark.parametrize("idle", [True, False])
async def test_whoever_got_little_is_favoured_among_those_who_could_go(
    idle: bool,
    story: Story,
    colleague: Caller,
    rows: asyncpg.Connection,
    session: AsyncSession,
    clock: Clock,
) -> None:
    yesterday = (clock.now.astimezone(ZONE) - timedelta(days=1)).replace(hour=9, minute=0)
    third = await make_able_engineer(session, clock, "孙师傅", latitude=31.40, longitude=121.70)
    people = [
        await session.get_one(Engineer, story.engineer.person.id),
        third,
        await session.get_one(Engineer, colleague.person.id),
    ]
    await story.submit()
    for person in people:
        await make_roster(session, person, yesterday.date())
    for person in people[:2] if idle else people:
        await rows.execute(_WORKED, person.id, yesterday, yesterday + timedelta(hours=3), story.number)
    await story.step(story.agent, "triage")
    await story.step(story.agent, "offer")
    row = await rows.fetchrow("SELECT reasons, runners_up FROM offers")
    told = [*row["reasons"], *(reason for each in row["runners_up"] for reason in each["reasons"])]
    fair = [reason for reason in told if reason.startswith("公平")]
    # He is there once for each of his days, and named once among those who come next.
    assert set(fair) == ({"公平：近几天派单偏少：-4.0"} if idle else set())


async def test_who_is_named_is_compared_with_nobody(
    story: Story, colleague: Caller, rows: asyncpg.Connection
) -> None:
    await story.submit()
    await story.step(story.agent, "triage")
    await story.step(story.agent, "offer", engineer_id=str(colleague.person.id))
    assert not any("公平" in reason for reason in await rows.fetchval("SELECT reasons FROM offers"))

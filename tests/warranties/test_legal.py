"""三包: managers are warned, the customer is told of his right, each once."""

from datetime import timedelta

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import driver
from app.services.operations.doctor import examine
from app.services.warranties.legal import warn_one
from tests.tickets.story import Story
from tests.tickets.ways import valid

_FACTS = "SELECT event, text FROM ticket_events WHERE event LIKE 'legal%' ORDER BY seq"
_PUSHED = """
SELECT o.recipient FROM outbox o JOIN ticket_events e ON e.ticket_id = o.ticket_id AND e.seq = o.seq
 WHERE e.event LIKE 'legal%' ORDER BY o.id
"""


async def look(story: Story) -> int:
    """What the worker does until nothing is due."""
    looks = 0
    while await _one(story):
        looks += 1
        assert looks < 20, "the looks do not come to rest"
    return looks


async def _one(story: Story) -> bool:
    async with story.database.sessions.begin() as session:
        return await warn_one(await driver(session), story.clock.now)


async def test_thirty_days_in_our_hands_are_told_once_each(story: Story, rows: asyncpg.Connection) -> None:
    await story.accepted()
    await story.covered()
    # Reported five days ago: what people do must fit into the month of a test's sessions.
    await rows.execute("UPDATE ticket_events SET at = at - interval '5 days'")
    assert await look(story) == 1
    for days in (9, 2, 9, 6):
        story.clock.advance(days=days)
        await look(story)
        await look(story)
    assert [tuple(row) for row in await rows.fetch(_FACTS)] == [
        ("legal_warning", "三包时限已用50%：维修超过30天未完成即可换货或退货"),
        ("legal_warning", "三包时限已用80%：维修超过30天未完成即可换货或退货"),
        ("legal_right", "维修超过30天未完成，依三包规定您可要求换货或退货，主管会与您联系"),
    ]
    assert [row["recipient"] for row in await rows.fetch(_PUSHED)] == ["staff", "staff", "customer", "staff"]
    events = (await story.customer.get(f"/api/v1/tickets/{story.number}/events")).json()["items"]
    assert [each["event"] for each in events if each["event"].startswith("legal")] == ["legal_right"]
    shown = (await story.customer.get(f"/api/v1/tickets/{story.number}/warranty")).json()["legal"]
    assert [(each["right"], each["reached_at"] is not None) for each in shown] == [
        ("own_delay", True),
        ("parts_delay", False),
        ("repeated_failure", False),
    ]
    assert (await story.see())["version"] == 4
    assert await examine(rows) == []


async def test_whoever_is_out_of_warranty_has_no_such_right(story: Story, rows: asyncpg.Connection) -> None:
    await story.accepted()
    await rows.execute("UPDATE ticket_events SET at = at - interval '20 days'")
    story.clock.advance(days=20)
    await look(story)
    assert await rows.fetch(_FACTS) == []
    await story.covered()
    story.clock.advance(days=1)
    await look(story)
    assert [row["event"] for row in await rows.fetch(_FACTS)] == ["legal_right"]


async def test_the_second_failure_of_the_same_repair_is_one(story: Story, rows: asyncpg.Connection) -> None:
    await story.completed()
    await look(story)
    await story.step(story.customer, "dispute", **await valid(story, "dispute"))  # type: ignore[arg-type]
    await look(story)
    assert [row["event"] for row in await rows.fetch(_FACTS)] == ["legal_warning"]
    await rows.execute(
        """INSERT INTO completions (ticket_id, seq, engineer_id, fault_code, solution, parts, old_parts, charge_fen,
                                    finished_at)
           SELECT ticket_id, seq + 1, engineer_id, fault_code, solution, parts, old_parts, 0, finished_at
             FROM completions"""
    )
    story.clock.advance(days=15)
    await look(story)
    rights = await rows.fetch("SELECT kind, percent FROM legal_warnings WHERE percent = 100")
    assert [tuple(row) for row in rights] == [("repeated_failure", 100)]


GIVEN_UP = {
    "the work had begun": ("in_repair", "beyond_repair", ["legal_warning"]),
    "nobody began": ("on_site", "beyond_repair", []),
    "the customer's own will": ("in_repair", "customer_refused", []),
}


@pytest.mark.parametrize("case", GIVEN_UP)
async def test_a_repair_that_was_begun_and_given_up_has_failed(
    case: str, story: Story, rows: asyncpg.Connection
) -> None:
    state, reason, told = GIVEN_UP[case]
    await (story.in_repair() if state == "in_repair" else story.on_site())
    await story.covered()
    await story.step(story.engineer, "fail", reason_code=reason)
    await story.step(story.manager, "follow_up", note="换人再修")
    await look(story)
    assert [row["event"] for row in await rows.fetch(_FACTS)] == told


async def test_a_look_that_is_lost_with_its_process_is_taken_again(
    story: Story, session: AsyncSession, rows: asyncpg.Connection
) -> None:
    await story.accepted()
    await story.covered()
    story.clock.advance(days=30)
    killed = rows.transaction()
    await killed.start()
    assert await warn_one(rows, story.clock.now)
    await killed.rollback()
    assert await rows.fetch(_FACTS) == []
    await look(story)
    assert [row["event"] for row in await rows.fetch(_FACTS)] == ["legal_right"]


async def test_an_ended_ticket_is_looked_at_no_more(story: Story, rows: asyncpg.Connection) -> None:
    await story.accepted()
    await story.step(story.customer, "cancel", reason_code="changed_mind")
    story.clock.now += timedelta(days=1)
    await look(story)
    assert await rows.fetchval("SELECT count(*) FROM legal_watches") == 0

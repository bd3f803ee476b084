"""Warnings and escalations through the worker's own part: each once, not before it is due, whatever clocks do."""

from collections.abc import Callable
from datetime import datetime, timedelta

import asyncpg
import pytest

from app.domain.lifecycle import State
from app.domain.zone import ZONE
from app.services.operations.doctor import examine
from app.workers.levels import LevelWatch
from tests.tickets.story import Story
from tests.tickets.ways import reach

_FIRED = (
    "SELECT metric, mark, due_at, fired_at, told FROM service_level_events ORDER BY fired_at, due_at, mark"
)
_SAID = "SELECT text FROM ticket_events WHERE event LIKE 'level%' ORDER BY seq"
_PUSHED = """
SELECT s.role FROM outbox o JOIN ticket_events e ON e.ticket_id = o.ticket_id AND e.seq = o.seq
  JOIN staff s ON s.id = o.recipient_id WHERE e.event LIKE 'level%' ORDER BY o.id
"""
REMOTE = {"service_type": "complaint", "fault": "吹热风，不制冷"}
NewWatch = Callable[[], LevelWatch]


async def look(watch: LevelWatch) -> int:
    looks = 0
    while await watch.step():
        looks += 1
        assert looks < 20, "the looks do not come to rest"
    return looks


async def said(rows: asyncpg.Connection) -> list[str]:
    return [row["text"] for row in await rows.fetch(_SAID)]


async def marks(rows: asyncpg.Connection) -> list[tuple[str, str]]:
    return [(row["metric"], row["mark"]) for row in await rows.fetch(_FIRED)]


async def tick(story: Story, watch: LevelWatch, until: datetime) -> None:
    """The worker's seconds until then, of which only every fifth is looked at."""
    while story.clock.now < until:
        story.clock.advance(seconds=5)
        await watch.step()


async def test_each_level_once_on_time_through_restarts(
    story: Story, rows: asyncpg.Connection, new_watch: NewWatch
) -> None:
    await story.submit(**REMOTE)
    await story.sweep()
    start = story.clock.now
    await look(new_watch())
    for minutes in (60, 96, 120):
        story.clock.now = start + timedelta(minutes=minutes, seconds=-1)
        before = await said(rows)
        await look(new_watch())
        assert await said(rows) == before, "told too early"
        story.clock.advance(seconds=1)
        await look(new_watch())
        await look(new_watch())
    assert await said(rows) == [
        "首次响应时限已用50%，截止12:00",
        "首次响应时限已用80%，截止12:00",
        "首次响应已超时，时限2小时",
    ]
    assert [row["role"] for row in await rows.fetch(_PUSHED)] == ["manager", "manager"]
    assert all(row["fired_at"] == row["due_at"] for row in await rows.fetch(_FIRED))
    assert await examine(rows) == []


async def test_at_most_five_seconds_late(story: Story, rows: asyncpg.Connection, new_watch: NewWatch) -> None:
    await story.submit(**REMOTE | {"fault": "空调插头冒烟了，有烧焦味"})
    await story.sweep()
    story.clock.advance(seconds=3)
    await tick(story, new_watch(), story.clock.now + timedelta(minutes=16))
    late = [row["fired_at"] - row["due_at"] for row in await rows.fetch(_FIRED)]
    assert len(late) == 3
    assert max(late) <= timedelta(seconds=5)


async def test_a_clock_that_jumps_two_hours_and_back_tells_nothing_twice(
    story: Story, rows: asyncpg.Connection, new_watch: NewWatch
) -> None:
    await story.submit(**REMOTE)
    await story.sweep()
    watch = new_watch()
    await look(watch)
    story.clock.advance(hours=2)
    await look(watch)
    assert await said(rows) == ["首次响应已超时，时限2小时"]
    told = await marks(rows)
    story.clock.advance(minutes=-30)
    await look(new_watch())
    story.clock.advance(minutes=45)
    await look(new_watch())
    assert await marks(rows) == told == [("first_response", f"{percent}%") for percent in (50, 80, 100)]


async def test_a_jump_back_in_the_middle_counts_on_and_breaks_nothing(
    story: Story, rows: asyncpg.Connection, new_watch: NewWatch
) -> None:
    await reach(story, State.PENDING_INFO)
    story.clock.advance(minutes=-30)
    await story.step(story.customer, "supply_info", text="是挂机")
    await look(new_watch())
    assert await examine(rows) == []
    assert await rows.fetchval("SELECT count(*) FROM clock_segments WHERE ended_at < started_at") == 0


async def test_a_look_that_is_lost_with_its_process_is_taken_again(
    story: Story, rows: asyncpg.Connection, new_watch: NewWatch
) -> None:
    await story.submit(**REMOTE)
    await story.sweep()
    story.clock.advance(hours=1)
    killed = rows.transaction()
    await killed.start()
    await look(new_watch())
    assert await said(rows)
    await killed.rollback()
    assert await said(rows) == []
    await look(new_watch())
    assert await said(rows) == ["首次响应时限已用50%，截止12:00"]


async def test_an_answer_in_time_silences_it(
    story: Story, rows: asyncpg.Connection, new_watch: NewWatch
) -> None:
    await story.submit(**REMOTE)
    await story.sweep()
    await look(new_watch())
    await story.step(story.agent, "resolve_remote", solution="已远程指导重启")
    story.clock.advance(days=1)
    await look(new_watch())
    assert await said(rows) == []


async def test_a_pause_keeps_quiet_and_a_reply_resumes(
    story: Story, rows: asyncpg.Connection, new_watch: NewWatch
) -> None:
    await story.submit(fault="空调插头冒烟了，有烧焦味", service_type="complaint")
    await story.sweep()
    await story.step(story.agent, "ask_info", items=["铭牌照片"])
    story.clock.advance(hours=20)
    await look(new_watch())
    assert await said(rows) == []
    await story.step(story.customer, "supply_info", text="是挂机")
    await look(new_watch())
    story.clock.advance(minutes=15)
    await look(new_watch())
    assert await said(rows) == [f"再次响应时限已用50%，截止{_clock(story, minutes=15)}"]


def _clock(story: Story, **ahead: float) -> str:
    return f"{(story.clock.now + timedelta(**ahead)).astimezone(ZONE):%H:%M}"


async def test_an_engineer_hears_first_that_his_time_runs_out(
    story: Story, rows: asyncpg.Connection, new_watch: NewWatch
) -> None:
    await story.offered()
    await look(new_watch())
    story.clock.advance(minutes=8)
    await look(new_watch())
    assert await said(rows) == [f"工程师接单时限已用80%，截止{_clock(story, minutes=2)}"]
    assert [row["role"] for row in await rows.fetch(_PUSHED)] == ["engineer"]
    story.clock.advance(minutes=2)
    await look(new_watch())
    assert [row["role"] for row in await rows.fetch(_PUSHED)] == ["engineer", "engineer", "manager"]


@pytest.mark.parametrize("accepts", [True, False])
async def test_a_step_is_told_only_where_its_conditions_hold(
    accepts: bool, story: Story, rows: asyncpg.Connection, new_watch: NewWatch
) -> None:
    await (story.accepted() if accepts else story.offered())
    await look(new_watch())
    # 36 hours of a desk that is open 12 a day, less two.
    story.clock.advance(days=2, hours=22)
    await look(new_watch())
    step = "快到解决时限仍无人接单"
    assert (step in await said(rows)) is not accepts
    told = await rows.fetchval("SELECT told FROM service_level_events WHERE mark = $1", step)
    assert told is not accepts


async def test_what_is_among_staff_does_not_reach_the_customer(
    story: Story, rows: asyncpg.Connection, new_watch: NewWatch
) -> None:
    await story.submit(**REMOTE)
    await story.sweep()
    story.clock.advance(hours=2)
    await look(new_watch())
    seen = (await story.customer.get(f"/api/v1/tickets/{story.number}/events")).json()["items"]
    assert not [event for event in seen if event["event"].startswith("level")]
    assert await said(rows)


async def test_a_systemic_fault_calls_for_a_task_force_at_once(
    story: Story, rows: asyncpg.Connection, new_watch: NewWatch
) -> None:
    await story.submit()
    await story.step(story.agent, "triage", priority="systemic")
    await look(new_watch())
    assert await said(rows) == ["系统性故障，请立即成立专案组"]
    assert [row["role"] for row in await rows.fetch(_PUSHED)] == ["manager"]
    story.clock.advance(minutes=1)
    await look(new_watch())
    assert len(await said(rows)) == 1


async def test_two_tickets_that_become_one_have_one_set_of_clocks(
    story: Story, rows: asyncpg.Connection, new_watch: NewWatch
) -> None:
    await story.submit()
    into = story.number
    await story.submit()
    await story.step(story.agent, "merge", into=into)
    story.clock.advance(hours=12)
    await look(new_watch())
    told = "SELECT DISTINCT t.number FROM service_level_events e JOIN tickets t ON t.id = e.ticket_id"
    assert [row["number"] for row in await rows.fetch(told)] in ([], [into])


async def test_the_survivor_is_due_when_the_earlier_report_was(
    story: Story, rows: asyncpg.Connection, new_watch: NewWatch
) -> None:
    await story.submit(**REMOTE)
    earlier = story.number
    story.clock.advance(minutes=90)
    await story.submit(**REMOTE)
    later, story.number = story.number, earlier
    await story.step(story.agent, "merge", into=later)
    await look(new_watch())
    story.clock.advance(minutes=30)
    await look(new_watch())
    assert await said(rows) == ["首次响应时限已用50%，截止12:00", "首次响应已超时，时限2小时"]

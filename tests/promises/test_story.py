"""A promise from the report to the end: where its time comes from, how it is moved, whether it was kept."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.lifecycle import Event, State
from app.domain.period import Period
from app.domain.promise.book import STANDING
from app.domain.rosters import DAYS
from app.models import Customer
from app.services.operations.doctor import examine
from app.services.promises.book import hold, read_book
from app.services.promises.recount import recount_promises
from app.services.promises.usual import count_usual
from app.workers.levels import LevelWatch
from tests.harness.callers import Caller
from tests.make import make_event, make_ticket
from tests.tickets import bodies
from tests.tickets.story import Story
from tests.tickets.traces import last_event, sent
from tests.tickets.ways import reach, valid

NewWatch = Callable[[], LevelWatch]
_PROMISED = "SELECT step, seq, first_seq, promised_at, basis FROM promises ORDER BY ticket_id, seq"
JUNE = Period.read("2026-06")


@pytest.fixture(autouse=True)
def _standing() -> Iterator[None]:
    yield
    hold(STANDING)


async def look(watch: LevelWatch) -> None:
    looks = 0
    while await watch.step():
        looks += 1
        assert looks < 30, "the looks do not come to rest"


async def steps(rows: asyncpg.Connection) -> list[tuple[str, int, int]]:
    return [(row["step"], row["seq"], row["first_seq"]) for row in await rows.fetch(_PROMISED)]


async def moves(rows: asyncpg.Connection) -> list[str]:
    found = await rows.fetch("SELECT text FROM ticket_events WHERE event = 'promise_moved' ORDER BY seq")
    return [row["text"] for row in found]


async def kept(rows: asyncpg.Connection, story: Story, who: Caller | None = None) -> dict[str, Any]:
    answer = await (who or story.manager).get("/api/v1/kpi/promises", params={"month": "2026-06"})
    assert answer.status_code == 200, answer.text
    compared, differences = await recount_promises(rows, JUNE, story.clock.now)
    assert (compared, differences) == (2 * len(answer.json()["items"]), [])
    house: dict[str, Any] = answer.json()["items"][0]
    return house


async def test_each_step_has_its_promise_and_all_of_them_are_kept(
    story: Story, rows: asyncpg.Connection
) -> None:
    await story.completed()
    assert [step for step, *_ in await steps(rows)] == [
        "response", "assign", "book", "visit", "inspect", "customer", "work", "customer",
    ]  # fmt: skip
    house = await kept(rows, story)
    # The machine's reading of the report is no answer to anybody.
    assert (house["first_kept"]["n"], house["first_kept"]["value"]) == (5, 1.0)
    assert (house["last_kept"]["n"], house["moved"]["value"]) == (5, 0.0)
    assert await examine(rows) == []


async def test_it_is_moved_before_it_breaks_and_once(
    story: Story, rows: asyncpg.Connection, new_watch: NewWatch
) -> None:
    await reach(story, State.IN_REPAIR)
    told = await story.see()
    await look(new_watch())
    story.clock.advance(hours=1, minutes=45)
    await look(new_watch())
    assert await moves(rows) == []
    story.clock.advance(minutes=5)
    await look(new_watch())
    await look(new_watch())
    seen = await story.see()
    assert await moves(rows) == [f"维修比预计的久。{seen['promise']}"]
    assert seen["promise"].startswith("抱歉让您久等，维修比预计的久，预计今天")
    assert seen["promised_at"] > told["promised_at"] > story.clock.now.isoformat()
    left = await last_event(rows, story.number)
    pushed = await sent(rows, story.number, left.seq)
    assert [(each.kind, each.slots["hint"]) for each in pushed] == [("ticket_progress", "维修比预计的久")]
    timeline = (await story.customer.get(f"/api/v1/tickets/{story.number}/events")).json()["items"]
    assert timeline[-1]["event"] == "promise_moved"


async def test_what_was_moved_counts_once_and_first_and_last_tell_the_difference(
    story: Story, rows: asyncpg.Connection, new_watch: NewWatch
) -> None:
    await reach(story, State.ACCEPTED)
    story.clock.advance(hours=3, minutes=50)
    await look(new_watch())
    story.clock.advance(minutes=30)
    await story.step(story.customer, "book", window=bodies.window(story.clock.now))
    house = await kept(rows, story)
    first = {each["step"]: each["first_kept"] for each in house["steps"]}
    assert (first["assign"]["value"], first["book"]["value"]) == (1.0, 0.0)
    assert (house["first_kept"]["n"], house["first_kept"]["value"]) == (2, 0.5)
    assert (house["last_kept"]["n"], house["last_kept"]["value"]) == (2, 1.0)
    assert house["moved"]["value"] == pytest.approx(1 / 4)


async def test_what_was_never_done_is_not_kept(
    story: Story, rows: asyncpg.Connection, new_watch: NewWatch
) -> None:
    await reach(story, State.ACCEPTED)
    story.clock.advance(days=1)
    house = await kept(rows, story)
    assert (house["first_kept"]["n"], house["first_kept"]["value"]) == (2, 0.5)
    assert (house["last_kept"]["n"], house["last_kept"]["value"]) == (2, 0.5)


async def test_a_cancellation_is_nobodys_broken_promise(story: Story, rows: asyncpg.Connection) -> None:
    await reach(story, State.ACCEPTED)
    await story.step(story.customer, "cancel", **await valid(story, Event.CANCEL))
    house = await kept(rows, story)
    assert house["first_kept"]["n"] == 1


async def test_a_refusal_does_not_move_what_was_promised(
    story: Story, colleague: Caller, rows: asyncpg.Connection
) -> None:
    told = await story.offered()
    story.clock.advance(minutes=10)
    await story.step(story.engineer, "decline", **await valid(story, Event.DECLINE))
    await story.sweep()
    seen = await story.see()
    assert seen["promised_at"] == told["promised_at"]
    assert [step for step, *_ in await steps(rows)] == ["response", "assign"]


async def test_the_customer_who_asks_for_another_time_is_promised_anew(
    story: Story, rows: asyncpg.Connection
) -> None:
    await story.scheduled()
    await story.step(story.customer, "rebook", **await valid(story, Event.REBOOK))
    assert [(step, seq == first) for step, seq, first in await steps(rows)][-2:] == [("visit", True)] * 2
    story.clock.advance(days=3)
    house = await kept(rows, story)
    visits = next(each for each in house["steps"] if each["step"] == "visit")
    assert visits["first_kept"]["n"] == 1


async def test_what_such_jobs_took_is_what_is_promised(
    story: Story, session: AsyncSession, customer: Customer, rows: asyncpg.Connection
) -> None:
    """Ten elsewhere, on which this branch leans until it has its own."""
    for minutes in range(3, 13):
        await _assigned(session, customer, story.clock.now - timedelta(hours=1), minutes)
    assert await count_usual(rows, story.clock.now) == 2
    hold(await read_book(rows))
    await story.offered()
    seen = (await story.agent.get(f"/api/v1/tickets/{story.number}/promises")).json()
    last = seen["items"][-1]
    assert (last["step"], last["basis"], last["inputs"]["n"]) == ("assign", "usual_time", 10)
    assert "同类工单五次有四次在10分内完成（10 例）" in last["reckoned"]
    assert last["inputs"]["seconds"] == 10 * 60


async def test_an_answer_from_afar_ends_the_response_and_begins_the_solution(
    story: Story, session: AsyncSession, customer: Customer, rows: asyncpg.Connection
) -> None:
    """Answered after ten minutes, solved after two hours: the response took ten minutes, not two hours."""
    at = story.clock.now - timedelta(hours=2)
    for _ in range(10):
        await _solved_from_afar(session, customer, at)
    # A visit's customer who is written to is not helped yet.
    await _solved_from_afar(session, customer, at, service_type="repair", on_site=True)
    await count_usual(rows, story.clock.now)
    usual = await rows.fetch(
        "SELECT step, usual, n FROM usual_times WHERE category = '' AND step IN ('response', 'solve') ORDER BY 1"
    )
    assert [(row["step"], row["n"]) for row in usual] == [("response", 11), ("solve", 10)]
    assert usual[0]["usual"] < 20 * 60 < 100 * 60 < usual[1]["usual"]


async def _solved_from_afar(session: AsyncSession, customer: Customer, at: datetime, **over: Any) -> None:
    row = {"service_type": "consultation", "on_site": False, "created_at": at, "state": "completed"} | over
    ticket = await make_ticket(session, customer, **row)
    reported = await make_event(session, ticket, 1)
    reported.event, reported.from_state, reported.state, reported.at = "submit", None, "submitted", at
    for seq, event, state, who, minutes in (
        # What the customer adds himself is no answer.
        (2, "message", "submitted", "customer", 1),
        (3, "message", "submitted", "agent", 10),
        (4, "message", "submitted", "agent", 60),
        (5, "resolve_remote", "completed", "agent", 120),
    ):
        done = await make_event(session, ticket, seq)
        done.event, done.from_state, done.state, done.actor_role = event, "submitted", state, who
        done.at = at + timedelta(minutes=minutes)
    await session.flush()


async def _assigned(session: AsyncSession, customer: Customer, at: datetime, minutes: int) -> None:
    ticket = await make_ticket(session, customer, state="accepted", created_at=at)
    for seq, (event, source, state, later) in enumerate(
        [("triage", "submitted", "dispatching", 0), ("accept", "dispatching", "accepted", minutes)], 2
    ):
        left = await make_event(session, ticket, seq)
        left.event, left.from_state, left.state, left.actor_role = event, source, state, "engineer"
        left.at = at + timedelta(minutes=later)
    await session.flush()


async def test_the_branchs_calendar_is_what_a_report_is_answered_by(
    story: Story, rows: asyncpg.Connection
) -> None:
    point = await rows.fetchval("SELECT id::text FROM service_points")
    week = {day: [{"start": "14:00", "end": "18:00"}] for day in DAYS[:7]}
    body = week | {"service_point_id": point, "exceptions": [], "follows_holidays": False}
    published = await story.manager.post("/api/v1/service-calendars", json=body)
    assert published.status_code == 201, published.text
    hold(await read_book(rows))
    told = await story.submit()
    assert told["promise"] == "预计今天 16:00 前受理并与您联系"


async def test_why_it_says_what_it_says(story: Story) -> None:
    await story.accepted()
    seen = (await story.agent.get(f"/api/v1/tickets/{story.number}/promises")).json()
    assert [each["label"] for each in seen["items"]] == ["受理", "安排工程师", "约定上门时间"]
    assert seen["items"][-1]["text"] == seen["promise"]
    assert "再次响应时限4小时，基本日历（每天 08:00–20:00）" in seen["items"][-1]["reckoned"]
    assert seen["items"][1]["kept"] is True


async def test_what_needs_no_visit_is_answered_and_then_solved(
    story: Story, rows: asyncpg.Connection, new_watch: NewWatch
) -> None:
    told = await story.submit(service_type="complaint")
    await story.sweep()
    assert told["promise"] == "预计今天 12:00 前由专员回复您"
    story.clock.advance(minutes=30)
    url = f"/api/v1/tickets/{story.number}"
    assert (await story.agent.post(f"{url}/messages", json={"text": "正在查"})).status_code == 201
    # 36 hours of a desk that is open 12 a day, since it was reported.
    seen = await story.see()
    assert seen["promise"] == "技术部门正在处理中，预计6月18日（周四）10:00 前完成"
    story.clock.advance(minutes=40)
    urged = (await story.customer.post(f"{url}/urgings", json={})).json()
    assert (urged["reason"], urged["promise"]) == ("技术部门正在处理。", seen["promise"])
    await story.step(story.agent, "resolve_remote", solution="已退款")
    assert [step for step, *_ in await steps(rows)] == ["response", "solve", "customer"]
    house = await kept(rows, story)
    assert (house["first_kept"]["n"], house["first_kept"]["value"]) == (2, 1.0)

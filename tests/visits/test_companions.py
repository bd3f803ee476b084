"""A visit of two: both days are held, both begin together, and whatever ends it frees both."""

from datetime import datetime
from itertools import pairwise
from typing import Any

import asyncpg
import pytest

from app.domain.dispatch.plan import Candidate, Job, Span, Stop
from app.domain.dispatch.together import PART, Together, parts
from app.domain.travel import Point
from app.models.visits import LIVE_VISITS
from tests.harness.callers import Caller
from tests.tickets import bodies
from tests.tickets.story import Story
from tests.tickets.traces import last_event, sent

HOUR = 3600
HOME = Point(31.22, 121.54)
ROWS = f"""
SELECT v.engineer_id::text, v.accompanies, lower(v.planned) AS start, v.state, v.departed_at, v.arrived_at
  FROM visits v JOIN tickets t ON t.id = v.ticket_id
 WHERE t.number = $1 AND v.{LIVE_VISITS} ORDER BY v.id
"""  # noqa: S608


async def crew(story: Story, people: int, **over: str) -> dict[str, Any]:
    answer = await story.agent.put(f"/api/v1/tickets/{story.number}/crew", json={"people": people} | over)
    assert answer.status_code == 200, answer.text
    return story.as_dict(answer)


async def both(story: Story, **over: Any) -> dict[str, Any]:
    """Agreed with two."""
    await story.accepted(**over)
    await crew(story, 2)
    return await story.step(story.customer, "book", window=bodies.window(story.clock.now, days=1))


async def test_both_days_are_held_and_both_begin_together(
    story: Story, colleague: Caller, rows: asyncpg.Connection
) -> None:
    ticket = await both(story)
    assert ticket["crew"] == 2
    assert ticket["companion"]["name"] == "赵师傅"
    lead, companion = await rows.fetch(ROWS, story.number)
    assert (lead["accompanies"], companion["accompanies"] is None) == (None, False)
    assert companion["engineer_id"] == str(colleague.person.id)
    assert abs((lead["start"] - companion["start"]).total_seconds()) <= PART
    told = await sent(rows, story.number, (await last_event(rows, story.number)).seq)
    hints = [each.slots["hint"] for each in told if each.recipient_id == str(colleague.person.id)]
    assert hints == [f"请与陈师傅一同上门：{spoken(ticket)}"]


def spoken(ticket: dict[str, Any]) -> str:
    start = datetime.fromisoformat(ticket["visit"]["start"])
    return f"{start.year}年{start.month}月{start.day}日 {start:%H:%M}"


async def test_the_second_sees_the_job_with_its_address_and_moves_nothing(
    story: Story, colleague: Caller
) -> None:
    await both(story)
    seen = await story.see(colleague)
    assert seen["address"]["detail"] == bodies.ADDRESS["detail"]
    assert seen["allowed_events"] == []
    listed = (await colleague.get("/api/v1/tickets")).json()["items"]
    assert [item["number"] for item in listed] == [story.number]


async def test_without_a_second_engineer_no_window_is_offered_and_none_is_booked(story: Story) -> None:
    await story.accepted()
    await crew(story, 2)
    slots = (await story.customer.get(f"/api/v1/tickets/{story.number}/slots")).json()
    assert slots["items"] == []
    answer = await story.ask(story.customer, "book", window=bodies.window(story.clock.now, days=1))
    assert (answer.status_code, answer.json()["code"]) == (409, "slot_taken")
    assert "两位工程师" in answer.json()["msg"]


async def test_with_a_second_engineer_windows_are_offered(story: Story, colleague: Caller) -> None:
    await story.accepted()
    await crew(story, 2)
    slots = (await story.customer.get(f"/api/v1/tickets/{story.number}/slots")).json()["items"]
    assert len(slots) == 3
    window = {"start": slots[0]["start"], "end": slots[0]["end"]}
    ticket = await story.step(story.customer, "book", window=window)
    assert ticket["companion"]["employee_no"]


async def test_somebody_joins_a_visit_that_is_booked_and_leaves_it_again(
    story: Story, colleague: Caller, rows: asyncpg.Connection
) -> None:
    booked = await story.scheduled()
    joined = await crew(story, 2)
    assert joined["version"] == booked["version"]
    assert [row["engineer_id"] for row in await rows.fetch(ROWS, story.number)][1] == str(colleague.person.id)
    assert (await last_event(rows, story.number)).text == "由赵师傅一同上门"
    alone = await crew(story, 1)
    assert alone["companion"] is None
    assert len(await rows.fetch(ROWS, story.number)) == 1
    told = await sent(rows, story.number, (await last_event(rows, story.number)).seq)
    assert [each.slots["hint"] for each in told] == ["此单不再需要您同行"]


async def test_asking_for_what_is_there_changes_nothing(
    story: Story, colleague: Caller, rows: asyncpg.Connection
) -> None:
    await both(story)
    before = (await last_event(rows, story.number)).seq
    await crew(story, 2)
    assert (await last_event(rows, story.number)).seq == before


async def test_they_go_arrive_and_are_done_as_one(
    story: Story, colleague: Caller, rows: asyncpg.Connection
) -> None:
    ticket = await both(story)
    story.clock.now = datetime.fromisoformat(ticket["visit"]["start"])
    await story.step(story.engineer, "depart")
    assert {row["state"] for row in await rows.fetch(ROWS, story.number)} == {"en_route"}
    await story.step(story.engineer, "arrive", **bodies.HOME)
    assert all(row["arrived_at"] for row in await rows.fetch(ROWS, story.number))
    await story.step(
        story.engineer, "need_parts", parts=[{"name": "主板"}], due_at="2026-06-20T10:00:00+08:00"
    )
    assert await rows.fetch(ROWS, story.number) == []
    history = (await story.agent.get(f"/api/v1/tickets/{story.number}/visits")).json()["items"]
    assert [(each["engineer"]["name"], each["companion"]["name"]) for each in history] == [
        ("陈师傅", "赵师傅")
    ]


@pytest.mark.parametrize("event", ["cancel", "reassign"])
async def test_what_ends_the_visit_frees_both_and_tells_the_second(
    story: Story, colleague: Caller, rows: asyncpg.Connection, event: str
) -> None:
    await both(story)
    words = {"cancel": {"reason_code": "changed_mind"}, "reassign": {"reason": "请假"}}[event]
    await story.step(story.customer if event == "cancel" else story.agent, event, **words)
    assert await rows.fetch(ROWS, story.number) == []
    told = await sent(rows, story.number, (await last_event(rows, story.number)).seq)
    assert str(colleague.person.id) in [each.recipient_id for each in told]


async def test_another_window_is_held_for_both_again(
    story: Story, colleague: Caller, rows: asyncpg.Connection
) -> None:
    await both(story)
    window = bodies.window(story.clock.now, days=2, hour=10)
    moved = await story.step(story.customer, "rebook", window=window, reason_code="customer_wish")
    live = await rows.fetch(ROWS, story.number)
    assert len(live) == 2
    assert moved["visit"]["start"] == window["start"]
    assert all(row["start"].date().isoformat() == window["start"][:10] for row in live)


async def test_after_departure_nobody_is_added(story: Story, colleague: Caller) -> None:
    await story.scheduled()
    await story.step(story.engineer, "depart")
    answer = await story.agent.put(f"/api/v1/tickets/{story.number}/crew", json={"people": 2})
    assert (answer.status_code, answer.json()["code"]) == (409, "crew_settled")


def day(name: str, *stops: Stop) -> Candidate:
    return Candidate(name, HOME, Span(8 * HOUR, 18 * HOUR), stops)


def busy(start: float, end: float) -> Stop:
    span = Span(int(start * HOUR), int(end * HOUR))
    return Stop("1", HOME, span, span, int(end - start) * 60)


def test_they_meet_in_the_half_hour_in_which_both_have_time() -> None:
    window = Span(14 * HOUR, 16 * HOUR)
    job = Job(HOME, 60, 8 * HOUR, window.end)
    others = [day("b", busy(16, 17)), day("c", busy(10, 18))]
    found = Together(job, [day("a", busy(13, 15))], others).pairs(window)
    assert found
    for pair in found:
        assert (pair.lead.engineer_id, pair.companion.engineer_id) == ("a", "b")
        for one in (pair.lead, pair.companion):
            assert pair.begin.start <= one.planned.start <= pair.begin.end


def test_nobody_accompanies_himself() -> None:
    window = Span(14 * HOUR, 16 * HOUR)
    alone = Together(Job(HOME, 60, 8 * HOUR, window.end), [day("a")], [day("a")])
    assert not alone.pairs(window)
    assert not alone.possible(window)


@pytest.mark.parametrize("minutes", [20, 30, 45, 60, 120, 130])
def test_the_parts_are_the_window(minutes: int) -> None:
    window = Span(HOUR, HOUR + minutes * 60)
    found = parts(window)
    assert (found[0].start, found[-1].end) == (window.start, window.end)
    assert all(left.end == right.start for left, right in pairwise(found))

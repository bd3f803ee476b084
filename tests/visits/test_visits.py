"""Appointments: agreed, changed, kept and missed."""

from datetime import datetime
from typing import Any

import asyncpg
import pytest

from app.domain.guards import may_set_out
from app.domain.lifecycle import State
from tests.tickets import bodies
from tests.tickets.story import Story
from tests.tickets.ways import reach, valid


async def test_a_taken_window_comes_with_three_others(story: Story, rows: asyncpg.Connection) -> None:
    hour = {"window": bodies.window(story.clock.now, hours=1)}
    await story.accepted()
    await story.step(story.customer, "book", **hour)
    await story.accepted()
    # A visit begins within its window: a repair of 75 minutes leaves no room for another one.
    answer = await story.ask(story.customer, "book", **hour)
    assert (answer.status_code, answer.json()["code"]) == (409, "slot_taken")
    slots = answer.json()["slots"]
    assert len(slots) == 3
    assert all(slot["reason"] for slot in slots)
    chosen = {"start": slots[0]["start"], "end": slots[0]["end"]}
    await story.step(story.customer, "book", window=chosen)
    assert await rows.fetchval("SELECT count(*) FROM visits WHERE state = 'booked'") == 2


async def test_a_day_off_is_not_booked(story: Story) -> None:
    await story.accepted()
    answer = await story.ask(story.customer, "book", window=bodies.window(story.clock.now, days=20))
    assert (answer.status_code, answer.json()["code"]) == (409, "slot_taken")
    assert "不上班" in answer.json()["msg"]
    assert len(answer.json()["slots"]) == 3


async def test_a_window_that_is_over(story: Story) -> None:
    await story.accepted()
    window = bodies.window(story.clock.now, hour=7)
    answer = await story.ask(story.customer, "book", window=window)
    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["field"], error["code"]) == (422, "body.window", "in_the_past")


async def test_a_customer_rebooks_twice_by_himself(story: Story, rows: asyncpg.Connection) -> None:
    await story.scheduled()
    for day in (1, 2):
        window = bodies.window(story.clock.now, days=day)
        await story.step(story.customer, "rebook", window=window, reason_code="customer_wish")
    third = {"window": bodies.window(story.clock.now, days=3), "reason_code": "customer_wish"}
    (rebook,) = [a for a in (await story.see())["allowed_events"] if a["event"] == "rebook"]
    assert [b["code"] for b in rebook["blockers"]] == ["rebooked_too_often"]
    refused = await story.ask(story.customer, "rebook", **third)
    assert (refused.status_code, refused.json()["msg"]) == (409, "您已自助改约 2 次，请联系客服改约。")
    await story.step(story.agent, "rebook", **third)
    states = await rows.fetch("SELECT state FROM visits ORDER BY visits.id")
    assert [row["state"] for row in states] == ["rescheduled"] * 3 + ["booked"]


@pytest.mark.parametrize("event", ["rebook", "cancel"])
async def test_two_hours_before_only_the_desk_changes_it(event: str, story: Story) -> None:
    await story.scheduled()
    said: dict[str, dict[str, Any]] = {
        "rebook": {"window": bodies.window(story.clock.now, days=1), "reason_code": "customer_wish"},
        "cancel": {"reason_code": "other"},
    }
    fields = said[event]
    story.clock.advance(hours=2, seconds=1)
    refused = await story.ask(story.customer, event, **fields)
    assert refused.json()["errors"][0]["code"] == "too_late_for_self_service"
    await story.step(story.agent, event, **fields)


async def test_a_quote_can_be_escaped_although_the_window_has_begun(story: Story) -> None:
    await reach(story, State.QUOTE_PENDING)
    story.clock.advance(hours=5)
    cancelled = await story.step(story.customer, "cancel", reason_code="price")
    assert cancelled["state"] == "cancelled"


async def test_nobody_departs_on_another_day(story: Story) -> None:
    await story.accepted()
    await story.step(story.customer, "book", window=bodies.window(story.clock.now, days=1))
    refused = await story.ask(story.engineer, "depart")
    assert refused.json()["errors"][0]["code"] == "not_today"
    story.clock.advance(days=1)
    await story.step(story.engineer, "depart")


@pytest.mark.parametrize(
    ("now", "may"),
    [
        ("2026-06-15T22:29:59+08:00", False),
        ("2026-06-15T22:30:00+08:00", True),
        ("2026-06-16T00:10:00+08:00", True),
        ("2026-06-17T09:00:00+08:00", True),
    ],
)
def test_who_is_due_soon_after_midnight_sets_out_before_it(now: str, may: bool) -> None:
    due = datetime.fromisoformat("2026-06-16T00:30:00+08:00")
    assert may_set_out(due, datetime.fromisoformat(now)) == may


async def test_arrival_is_proven_by_position_or_code(story: Story) -> None:
    await reach(story, State.EN_ROUTE)
    far = await story.ask(story.engineer, "arrive", latitude=31.2365, longitude=121.5440)
    assert (far.status_code, far.json()["code"]) == (409, "not_there")
    code = (await story.see())["visit"]["arrival_code"]
    assert (await story.see(story.engineer))["visit"]["arrival_code"] is None
    wrong = await story.ask(story.engineer, "arrive", code=f"{(int(code) + 1) % 10**6:06d}")
    assert (wrong.status_code, wrong.json()["code"]) == (409, "wrong_code")
    assert (await story.step(story.engineer, "arrive", code=code))["state"] == "on_site"


async def test_five_wrong_arrival_codes_are_the_last_and_the_position_still_counts(
    story: Story, rows: asyncpg.Connection
) -> None:
    await reach(story, State.EN_ROUTE)
    code = (await story.see())["visit"]["arrival_code"]
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    answers = [(await story.ask(story.engineer, "arrive", code=wrong)).json()["code"] for _ in range(6)]
    assert answers == ["wrong_code"] * 5 + ["too_many_attempts"]
    assert await rows.fetchval("SELECT arrival_attempts FROM visits") == 5
    right = await story.ask(story.engineer, "arrive", code=code)
    assert (right.status_code, right.json()["code"]) == (409, "too_many_attempts")
    assert (await story.step(story.engineer, "arrive", **bodies.HOME))["state"] == "on_site"


async def test_what_is_shown_after_a_closed_door_is_not_of_that_visit(
    story: Story, rows: asyncpg.Connection
) -> None:
    await reach(story, State.EN_ROUTE)
    await story.step(story.engineer, "no_access", **await valid(story, "no_access"))  # type: ignore[arg-type]
    missed = await rows.fetchval("SELECT visit_id FROM attachments WHERE purpose = 'no_access'")
    assert missed == await rows.fetchval("SELECT visit_id FROM tickets")
    await story.photo(story.engineer, "before")
    assert await rows.fetchval("SELECT visit_id FROM attachments WHERE purpose = 'before'") is None
    await story.photo(story.engineer, "no_access")
    doors = await rows.fetch("SELECT visit_id FROM attachments WHERE purpose = 'no_access'")
    assert {row["visit_id"] for row in doors} == {missed}


async def test_not_at_home_needs_calls_of_this_way(story: Story) -> None:
    await reach(story, State.EN_ROUTE)
    fields = await valid(story, "no_access")  # type: ignore[arg-type]
    early = story.clock.now.replace(hour=0).isoformat()
    refused = await story.ask(story.engineer, "no_access", **fields | {"calls": [early, early]})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "body.calls")


async def test_a_visit_keeps_its_own_times_whatever_comes_later(
    story: Story, rows: asyncpg.Connection
) -> None:
    await reach(story, State.CONFIRMED)
    finished = await rows.fetchval("SELECT finished_at FROM visits")
    story.clock.advance(days=5)
    await story.step(story.customer, "reopen", reason="又不制冷了")
    row = await rows.fetchrow("SELECT state, finished_at FROM visits")
    assert tuple(row) == ("done", finished)

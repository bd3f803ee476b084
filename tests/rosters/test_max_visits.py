"""How many visits a day may have, and who heeds it: offers, windows, bookings and plans."""

from datetime import date, timedelta
from typing import Any

import asyncpg
import pytest

from app.domain.zone import ZONE
from app.services.plans.territory import read_territory
from tests.harness.clock import Clock
from tests.tickets import bodies
from tests.tickets.story import Story

HALVES = [{"start": "08:00", "end": "12:00"}, {"start": "13:00", "end": "20:00"}]


@pytest.fixture
def tomorrow(clock: Clock) -> date:
    return clock.now.astimezone(ZONE).date() + timedelta(days=1)


def of(story: Story, what: str) -> str:
    return f"/api/v1/engineers/{story.engineer.person.id}/{what}"


async def one_visit_on(story: Story, day: date, spans: Any = HALVES) -> None:
    answer = await story.manager.put(of(story, f"rosters/{day}"), json={"spans": spans, "max_visits": 1})
    assert (answer.status_code, answer.json()["max_visits"]) == (200, 1)


async def most_on(story: Story, *days: date) -> list[int | None]:
    params = {"from": str(days[0]), "to": str(days[-1])}
    items = (await story.manager.get(of(story, "rosters"), params=params)).json()["items"]
    return [item["max_visits"] for item in items if item["day"] in set(map(str, days))]


async def test_a_pattern_says_it_for_its_days_and_a_hand_for_one(story: Story, tomorrow: date) -> None:
    week = {day: [HALVES[1]] for day in ("monday", "tuesday", "wednesday", "thursday", "friday")}
    answer = await story.manager.put(of(story, "shift-pattern"), json=week | {"max_visits": 7})
    assert answer.json()["max_visits"] == 7
    await one_visit_on(story, tomorrow)
    assert await most_on(story, tomorrow, tomorrow + timedelta(days=1)) == [1, 7]
    back = await story.manager.put(of(story, f"rosters/{tomorrow}"), json={"spans": None})
    assert back.json()["max_visits"] == 7
    for wrong in ({"spans": None, "max_visits": 3}, {"spans": HALVES, "max_visits": 0}):
        assert (await story.manager.put(of(story, f"rosters/{tomorrow}"), json=wrong)).status_code == 422


async def test_a_day_that_is_full_gets_nothing_more_in_any_of_its_spans(story: Story, tomorrow: date) -> None:
    await one_visit_on(story, tomorrow)
    await story.accepted()
    await story.step(story.customer, "book", window=bodies.window(story.clock.now, days=1, hour=14))
    await story.accepted()
    slots = (await story.customer.get(f"/api/v1/tickets/{story.number}/slots")).json()["items"]
    assert slots
    assert str(tomorrow) not in {slot["start"][:10] for slot in slots}
    answer = await story.ask(story.customer, "book", window=bodies.window(story.clock.now, days=1, hour=8))
    assert (answer.status_code, answer.json()["detail"]) == (409, "当天已排满 1 单")
    assert answer.json()["slots"]
    await story.step(story.customer, "book", window=bodies.window(story.clock.now, days=2, hour=8))


async def test_a_visit_that_is_done_counts_and_one_that_was_moved_does_not(
    story: Story, clock: Clock, tomorrow: date
) -> None:
    await one_visit_on(story, tomorrow)
    await story.accepted()
    await story.step(story.customer, "book", window=bodies.window(clock.now, days=1))
    await story.step(
        story.agent, "rebook", window=bodies.window(clock.now, days=1, hour=8), reason_code="other"
    )
    clock.advance(days=1)
    await story.step(story.engineer, "depart")
    await story.step(story.engineer, "arrive", **bodies.HOME)
    await story.step(story.engineer, "fail", reason_code="beyond_repair")
    await story.accepted()
    answer = await story.ask(story.customer, "book", window=bodies.window(clock.now, hour=16))
    assert (answer.status_code, answer.json()["detail"]) == (409, "当天已排满 1 单")


async def test_the_planner_knows_what_a_day_may_have(
    story: Story, rows: asyncpg.Connection, tomorrow: date
) -> None:
    await rows.execute("UPDATE staff SET service_point_id = (SELECT id FROM service_points LIMIT 1)")
    point = await rows.fetchval("SELECT id::text FROM service_points LIMIT 1")
    await one_visit_on(story, tomorrow)
    seen = await read_territory(rows, point, tomorrow, story.clock.now)
    assert [(span.max_visits, span.other_visits) for span in seen.board.spans] == [(1, 0), (1, 0)]

"""Patterns, days by hand, holidays, absences, and what follows from them for offers, slots and visits."""

from datetime import date, datetime, timedelta
from typing import Any

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.zone import ZONE
from tests.harness.callers import Caller
from tests.make import make_service_point
from tests.tickets import bodies
from tests.tickets.story import Story

NINE = {"start": "09:00", "end": "18:00"}
SPLIT = [{"start": "08:00", "end": "12:00"}, {"start": "13:00", "end": "17:00"}]
NIGHT = {"start": "22:00", "end": "06:00"}
WEEK = {day: [NINE] for day in ("monday", "tuesday", "wednesday", "thursday", "friday")}


def of(story: Story, what: str) -> str:
    return f"/api/v1/engineers/{story.engineer.person.id}/{what}"


async def days(story: Story, first: str, last: str) -> dict[str, list[str]]:
    answer = await story.manager.get(of(story, "rosters"), params={"from": first, "to": last})
    assert answer.status_code == 200, answer.text
    return {
        item["day"]: [f"{s['start'][11:16]}-{s['end'][11:16]}" for s in _local(item["spans"])]
        for item in answer.json()["items"]
    }


def _local(spans: list[dict[str, str]]) -> list[dict[str, str]]:
    return [
        {key: datetime.fromisoformat(value).astimezone(ZONE).isoformat() for key, value in span.items()}
        for span in spans
    ]


async def pattern(story: Story, **week: Any) -> None:
    answer = await story.manager.put(of(story, "shift-pattern"), json=week)
    assert answer.status_code == 200, answer.text


@pytest.fixture
async def patterned(story: Story, rows: asyncpg.Connection) -> Story:
    """The engineer works office hours from Monday to Friday; nothing was entered by hand."""
    await rows.execute("DELETE FROM rosters WHERE engineer_id = $1", story.engineer.person.id)
    await pattern(story, **WEEK)
    return story


async def test_a_pattern_fills_the_coming_days(patterned: Story) -> None:
    # 2026-06-15 is a Monday.
    assert await days(patterned, "2026-06-18", "2026-06-22") == {
        "2026-06-18": ["09:00-18:00"],
        "2026-06-19": ["09:00-18:00"],
        "2026-06-20": [],
        "2026-06-21": [],
        "2026-06-22": ["09:00-18:00"],
    }


async def test_several_spans_and_nights(patterned: Story) -> None:
    await pattern(patterned, monday=SPLIT, tuesday=[NIGHT])
    assert await days(patterned, "2026-06-22", "2026-06-24") == {
        "2026-06-22": ["08:00-12:00", "13:00-17:00"],
        "2026-06-23": ["22:00-06:00"],
        "2026-06-24": [],
    }


async def test_the_pattern_is_shown_as_it_was_entered(patterned: Story) -> None:
    await pattern(patterned, monday=SPLIT, holiday=[NIGHT])
    shown = (await patterned.engineer.get(of(patterned, "shift-pattern"))).json()
    assert (shown["monday"], shown["holiday"], shown["tuesday"]) == (SPLIT, [NIGHT], [])


async def test_a_holiday_closes_and_a_make_up_day_is_worked_as_another(patterned: Story) -> None:
    items = [
        {"day": "2026-06-19", "name": "端午节"},
        {"day": "2026-06-20", "name": "端午节"},
        {"day": "2026-06-21", "name": "调休上班", "works_as": 0},
    ]
    answer = await patterned.manager.put("/api/v1/holidays/2026", json={"items": items})
    assert [item["works_as"] for item in answer.json()["items"]] == [None, None, 0]
    assert await days(patterned, "2026-06-18", "2026-06-21") == {
        "2026-06-18": ["09:00-18:00"],
        "2026-06-19": [],
        "2026-06-20": [],
        "2026-06-21": ["09:00-18:00"],
    }
    await pattern(patterned, **WEEK, holiday=[{"start": "10:00", "end": "14:00"}])
    assert (await days(patterned, "2026-06-19", "2026-06-19"))["2026-06-19"] == ["10:00-14:00"]


async def test_a_day_entered_by_hand_stays_until_it_is_given_back(patterned: Story) -> None:
    url = of(patterned, "rosters/2026-06-18")
    assert (await patterned.manager.put(url, json={"spans": [SPLIT[0]]})).json()["by_hand"] is True
    await pattern(patterned, **WEEK)
    assert (await days(patterned, "2026-06-18", "2026-06-18"))["2026-06-18"] == ["08:00-12:00"]
    await patterned.manager.put(url, json={"spans": None})
    assert (await days(patterned, "2026-06-18", "2026-06-18"))["2026-06-18"] == ["09:00-18:00"]


async def test_an_absence_is_taken_off_and_comes_back(patterned: Story) -> None:
    noon = {"kind": "training", "start": "2026-06-18T12:00:00+08:00", "end": "2026-06-18T14:00:00+08:00"}
    made = await patterned.engineer.post(of(patterned, "absences"), json=noon)
    assert made.status_code == 201, made.text
    assert (await days(patterned, "2026-06-18", "2026-06-18"))["2026-06-18"] == ["09:00-12:00", "14:00-18:00"]
    gone = await patterned.engineer.delete(of(patterned, f"absences/{made.json()['id']}"))
    assert gone.status_code == 204
    assert (await days(patterned, "2026-06-18", "2026-06-18"))["2026-06-18"] == ["09:00-18:00"]
    assert (
        await patterned.engineer.delete(of(patterned, f"absences/{made.json()['id']}"))
    ).status_code == 404


async def test_an_absence_that_is_sent_twice_is_one(patterned: Story, rows: asyncpg.Connection) -> None:
    body = {"kind": "leave", "start": "2026-06-18T00:00:00+08:00", "end": "2026-06-19T00:00:00+08:00"}
    answers = [
        await patterned.engineer.post(of(patterned, "absences"), json=body, headers={"Idempotency-Key": "k1"})
        for _ in range(2)
    ]
    assert answers[0].json() == answers[1].json()
    assert await rows.fetchval("SELECT count(*) FROM absences") == 1


REFUSED: dict[str, tuple[str, str, dict[str, Any], str]] = {
    "overlap": ("put", "shift-pattern", {"monday": [NINE, SPLIT[0]]}, "body"),
    "night into morning": (
        "put", "shift-pattern", {"monday": [NIGHT], "friday": [{"start": "05:00", "end": "09:00"}]}, "body",
    ),
    "no such hour": ("put", "shift-pattern", {"monday": [{"start": "25:00", "end": "26:00"}]}, "body.monday"),
    "day that is over": ("put", "rosters/2026-06-01", {"spans": []}, "path.day"),
    "overlap in a day": ("put", "rosters/2026-06-18", {"spans": [NINE, SPLIT[0]]}, "body.spans"),
    "absence backwards": (
        "post", "absences",
        {"kind": "sick", "start": "2026-06-18T10:00:00+08:00", "end": "2026-06-18T09:00:00+08:00"}, "body",
    ),
    "absence that is over": (
        "post", "absences",
        {"kind": "sick", "start": "2026-06-10T09:00:00+08:00", "end": "2026-06-11T09:00:00+08:00"}, "body.end",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
async def test_refused_with_the_name_of_the_field(name: str, patterned: Story) -> None:
    method, what, body, field = REFUSED[name]
    answer = await patterned.manager.request(method.upper(), of(patterned, what), json=body)
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["field"].startswith(field)


async def test_a_day_by_hand_that_runs_into_the_next_is_a_conflict(patterned: Story) -> None:
    for day in ("2026-06-17", "2026-06-18"):
        answer = await patterned.manager.put(of(patterned, f"rosters/{day}"), json={"spans": [NINE]})
        assert answer.status_code == 200
    over = {"spans": [{"start": "20:00", "end": "10:00"}]}
    answer = await patterned.manager.put(of(patterned, "rosters/2026-06-17"), json=over)
    assert (answer.status_code, answer.json()["code"]) == (409, "roster_overlap")


async def test_slots_lie_in_the_spans_and_not_in_the_break(patterned: Story) -> None:
    await pattern(patterned, tuesday=[{"start": "08:00", "end": "10:00"}, {"start": "16:00", "end": "18:00"}])
    await patterned.submit()
    slots = (await patterned.customer.get(f"/api/v1/tickets/{patterned.number}/slots")).json()["items"]
    starts = sorted(_local([slot])[0]["start"][:16] for slot in [{"start": s["start"]} for s in slots])
    assert starts == ["2026-06-16T08:00", "2026-06-16T16:00"]


async def test_a_booking_outside_of_the_spans_is_refused(patterned: Story) -> None:
    await pattern(patterned, monday=[NINE], tuesday=SPLIT)
    await patterned.accepted()
    refused = await patterned.ask(
        patterned.customer, "book", window=bodies.window(patterned.clock.now, days=1, hour=18)
    )
    assert (refused.status_code, refused.json()["code"]) == (409, "slot_taken")
    booked = await patterned.step(
        patterned.customer, "book", window=bodies.window(patterned.clock.now, days=1, hour=13)
    )
    assert booked["state"] == "scheduled"


async def test_a_visit_of_the_night_is_seen_by_the_morning_after(
    patterned: Story, rows: asyncpg.Connection
) -> None:
    """A span over midnight is one tour: what is booked in its evening holds in its morning."""
    await pattern(patterned, monday=[NINE], tuesday=[{"start": "20:00", "end": "08:00"}])
    await patterned.accepted()
    over_midnight = bodies.window(patterned.clock.now, days=1, hour=23, hours=2)
    await patterned.step(patterned.customer, "book", window=over_midnight)
    await patterned.accepted()
    early = bodies.window(patterned.clock.now, days=2, hour=0, hours=1)
    again = await patterned.step(patterned.customer, "book", window=early)
    assert again["state"] == "scheduled"
    spans = [row["planned"] for row in await rows.fetch("SELECT planned FROM visits ORDER BY lower(planned)")]
    assert spans[0].upper <= spans[1].lower


async def test_a_sick_call_passes_on_offers_and_asks_for_a_plan(
    patterned: Story, colleague: Caller, session: AsyncSession, rows: asyncpg.Connection
) -> None:
    point = await make_service_point(session, districts=["浦东新区"])
    await rows.execute("UPDATE staff SET service_point_id = $1", point.id)
    booked = await patterned.accepted()
    booked = await patterned.step(
        patterned.customer, "book", window=bodies.window(patterned.clock.now, days=1)
    )
    await patterned.offered()
    assert await rows.fetchval("SELECT count(*) FROM offers WHERE state = 'open'") == 1
    whose = await rows.fetchval("SELECT engineer_id::text FROM offers WHERE state = 'open'")
    sick = {
        "kind": "sick",
        "start": patterned.clock.now.isoformat(),
        "end": (patterned.clock.now + timedelta(days=6)).isoformat(),
        "reason": "发烧",
    }
    answer = await patterned.manager.post(f"/api/v1/engineers/{whose}/absences", json=sick)
    assert answer.status_code == 201, answer.text
    assert await rows.fetchval("SELECT state FROM offers ORDER BY id DESC LIMIT 1") == "expired"
    await patterned.sweep()
    passed_on = await rows.fetchval("SELECT engineer_id::text FROM offers WHERE state = 'open'")
    assert passed_on not in (None, whose)
    if whose != str(patterned.engineer.person.id):
        answer = await patterned.manager.post(of(patterned, "absences"), json=sick)
    assert [visit["number"] for visit in answer.json()["visits"]] == [booked["number"]]
    (asked,) = await rows.fetch("SELECT day, cause FROM plan_requests")
    assert (asked["day"], asked["cause"]) == (date(2026, 6, 16), "病假")

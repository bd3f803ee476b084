"""Policies and calendars at the console, and why a deadline is what it is."""

from collections.abc import Callable
from typing import Any

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.lifecycle import State
from app.models.people import StaffRole
from app.workers.levels import LevelWatch
from tests.harness.callers import CallerFor
from tests.make import make_service_point, make_staff
from tests.service_levels.test_look import look, marks
from tests.tickets.story import Story

NewWatch = Callable[[], LevelWatch]
DAY = [{"start": "09:00", "end": "12:00"}, {"start": "13:00", "end": "18:00"}]
WORKDAYS = dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), DAY)


def level(first: int, resolution: int, **over: Any) -> dict[str, Any]:
    return {
        "first_response": {"seconds": first},
        "next_response": {"seconds": 3600},
        "resolution": {"seconds": resolution},
    } | over


def policy(**over: Any) -> dict[str, Any]:
    return {"levels": dict.fromkeys(("normal", "urgent", "critical", "systemic"), level(3600, 7200))} | over


async def explained(story: Story) -> dict[str, dict[str, Any]]:
    answer = await story.agent.get(f"/api/v1/tickets/{story.number}/service-level")
    assert answer.status_code == 200, answer.text
    return {clock["metric"]: clock for clock in answer.json()["clocks"]}


async def test_a_deadline_is_explained_segment_by_segment(story: Story) -> None:
    made = await story.manager.post("/api/v1/service-calendars", json=WORKDAYS)
    assert (made.status_code, made.json()["version"]) == (201, 1)
    await story.manager.post("/api/v1/service-policies", json=policy())
    story.clock.advance(hours=1, minutes=30)
    await story.submit(service_type="complaint")
    await story.sweep()
    story.clock.advance(minutes=15)
    await story.step(story.agent, "ask_info", items=["铭牌照片"])
    story.clock.advance(hours=2)
    await story.step(story.customer, "supply_info", text="是挂机")
    clocks = await explained(story)
    assert clocks["first_response"]["met_at"] == "2026-06-15T03:45:00Z"
    resolution = clocks["resolution"]
    # 11:30–11:45 is a quarter of an hour; after 13:45 it takes an hour and three quarters more.
    assert resolution["due_at"] == "2026-06-15T07:30:00Z"
    assert [(s["running"], s["counted_seconds"]) for s in resolution["segments"]] == [
        (True, 900),
        (False, 0),
        (True, 0),
    ]
    assert resolution["text"] == [
        "2026-06-15 11:30:00 → 2026-06-15 11:45:00  计时：待受理，计15分，累计15分",
        "    营业 06-15 11:30:00–11:45:00",
        "2026-06-15 11:45:00 → 2026-06-15 13:45:00  停表：等客户补充资料，计0秒，累计15分",
        "2026-06-15 13:45:00 → 现在  计时：待受理，计0秒，累计15分",
        "解决时限2小时，按营业时间计时，已用15分，截止 2026-06-15 15:30:00",
    ]


async def test_a_ticket_keeps_the_policy_under_which_it_came(
    story: Story, rows: asyncpg.Connection, new_watch: NewWatch
) -> None:
    await story.submit(service_type="complaint")
    await story.sweep()
    assert (await explained(story))["resolution"]["target_seconds"] == 36 * 3600
    story.clock.advance(minutes=1)
    await story.manager.post("/api/v1/service-policies", json=policy())
    assert (await explained(story))["resolution"]["target_seconds"] == 36 * 3600
    await look(new_watch())
    assert (await explained(story))["resolution"]["target_seconds"] == 36 * 3600
    assert await rows.fetchval(
        "SELECT attached_at IS NOT NULL AND policy_version IS NULL FROM service_levels"
    )


async def test_another_policy_for_what_is_open_loses_no_pause_and_tells_nothing_twice(
    story: Story, rows: asyncpg.Connection, new_watch: NewWatch
) -> None:
    await story.submit(service_type="complaint")
    await story.sweep()
    story.clock.advance(minutes=60)
    await look(new_watch())
    await story.step(story.agent, "ask_info", items=["铭牌照片"])
    story.clock.advance(hours=3)
    await story.step(story.customer, "supply_info", text="是挂机")
    before = await marks(rows)
    await story.manager.post("/api/v1/service-policies", json=policy(apply_to_open=True))
    await look(new_watch())
    resolution = (await explained(story))["resolution"]
    assert (resolution["target_seconds"], resolution["used_seconds"]) == (7200, 3600)
    assert await marks(rows) == [*before, ("resolution", "50%")]


async def test_a_target_that_is_taken_away_escalates_no_more(
    story: Story, rows: asyncpg.Connection, new_watch: NewWatch
) -> None:
    await story.submit(service_type="complaint")
    await story.sweep()
    await look(new_watch())
    nothing = dict.fromkeys(("first_response", "next_response", "resolution"))
    levels = dict.fromkeys(("normal", "urgent", "critical", "systemic"), nothing)
    await story.manager.post("/api/v1/service-policies", json={"levels": levels, "apply_to_open": True})
    story.clock.advance(days=9)
    await look(new_watch())
    assert await marks(rows) == []
    assert await explained(story) == {}


async def test_a_calendar_that_never_opens_is_refused(story: Story) -> None:
    answer = await story.manager.post("/api/v1/service-calendars", json={})
    assert answer.status_code == 422
    assert answer.json()["msg"] == "这份日历今后一年内没有任何营业时间，时限无法计算。请至少开放一个时段。"
    past = {"exceptions": [{"day": "2026-01-05", "spans": DAY}]}
    assert (await story.manager.post("/api/v1/service-calendars", json=past)).status_code == 422
    ahead = {"exceptions": [{"day": "2026-12-24", "spans": DAY}]}
    assert (await story.manager.post("/api/v1/service-calendars", json=ahead)).status_code == 201


async def test_nights_exceptions_and_lunch_come_back_as_they_were_entered(story: Story) -> None:
    night = {"start": "22:00", "end": "06:00"}
    body = WORKDAYS | {"saturday": [night], "exceptions": [{"day": "2026-06-22", "spans": []}]}
    made = (await story.manager.post("/api/v1/service-calendars", json=body)).json()
    assert (made["monday"], made["saturday"], made["sunday"]) == (DAY, [night], [])
    assert made["special"] == [{"day": "2026-06-22", "spans": []}]
    listed = (await story.agent.get("/api/v1/service-calendars")).json()["items"]
    assert listed == [made]


async def test_new_holidays_make_new_versions(story: Story, rows: asyncpg.Connection) -> None:
    await story.manager.post("/api/v1/service-calendars", json=WORKDAYS)
    items = [
        {"day": "2026-10-01", "name": "国庆节"},
        {"day": "2026-10-10", "name": "国庆节调休", "works_as": 4},
    ]
    for _ in range(2):
        answer = await story.manager.put("/api/v1/holidays/2026", json={"items": items})
        assert answer.status_code == 200, answer.text
    (newest,) = (await story.manager.get("/api/v1/service-calendars")).json()["items"]
    assert newest["version"] == 2
    assert newest["special"] == [{"day": "2026-10-01", "spans": []}, {"day": "2026-10-10", "spans": DAY}]


async def test_the_same_key_publishes_once(story: Story) -> None:
    headers = {"Idempotency-Key": "policy-1"}
    first = await story.manager.post("/api/v1/service-policies", json=policy(), headers=headers)
    again = await story.manager.post("/api/v1/service-policies", json=policy(), headers=headers)
    assert first.json() == again.json()
    listed = (await story.agent.get("/api/v1/service-policies")).json()["items"]
    assert [each["version"] for each in listed] == [first.json()["version"], 0]
    calendar = {"Idempotency-Key": "calendar-1"}
    one = await story.manager.post("/api/v1/service-calendars", json=WORKDAYS, headers=calendar)
    same = await story.manager.post("/api/v1/service-calendars", json=WORKDAYS, headers=calendar)
    assert one.json() == same.json()


async def test_what_is_wrong_with_a_policy_is_said(story: Story) -> None:
    step = {"name": "一", "metric": "resolution", "offset": 0}
    twice = await story.manager.post("/api/v1/service-policies", json=policy(steps=[step, step]))
    assert "每个升级步骤要有不同的名称" in twice.text
    states = level(3600, 7200, pauses=[State.IN_REPAIR])
    wrong = await story.manager.post(
        "/api/v1/service-policies", json={"levels": policy()["levels"] | {"normal": states}}
    )
    assert wrong.status_code == 422


async def test_a_service_point_has_hours_of_its_own(story: Story, rows: asyncpg.Connection) -> None:
    point = await rows.fetchval("SELECT id::text FROM service_points LIMIT 1")
    night = [{"start": "22:00", "end": "02:00"}]
    for body in (WORKDAYS, {"monday": night, "service_point_id": point}):
        made = await story.manager.post("/api/v1/service-calendars", json=body)
        assert made.status_code == 201, made.text
    nowhere = {"monday": night, "service_point_id": "00000000-0000-0000-0000-000000000001"}
    assert (await story.manager.post("/api/v1/service-calendars", json=nowhere)).status_code == 404
    story.clock.advance(minutes=1)
    await story.submit()
    clocks = await explained(story)
    # Two hours of a Monday night that begins at ten.
    assert clocks["first_response"]["due_at"] == "2026-06-15T16:00:00Z"


async def test_a_manager_of_a_branch_publishes_its_own_hours_alone(
    story: Story, session: AsyncSession, caller_for: CallerFor, rows: asyncpg.Connection
) -> None:
    here, there = await make_service_point(session), await make_service_point(session)
    manager = await caller_for(
        await make_staff(session, role=StaffRole.MANAGER, name="店长", points=[here.id])
    )
    for point, status in ((str(here.id), 201), (str(there.id), 404), (None, 403)):
        body = WORKDAYS | {"service_point_id": point}
        assert (await manager.post("/api/v1/service-calendars", json=body)).status_code == status
    assert await rows.fetchval("SELECT count(*) FROM service_calendars") == 1

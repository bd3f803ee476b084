"""Who answers for one service point sees nothing of another one, on any page and by any number."""

import re
from dataclasses import dataclass
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import driver
from app.models import Ticket
from app.models.people import StaffRole
from app.routers.console.shell import MENU
from tests.authorisation.table import ANSWERS
from tests.complaints.test_cases import BAD
from tests.harness.callers import Caller, CallerFor
from tests.make import make_service_point, make_staff
from tests.tickets.story import Story

THERE, ENGINEER = "另一网点的空调", "彼网点师傅"


@dataclass(frozen=True)
class Two:
    """A ticket of a point which is not ``manager``'s, with all that lists show of one."""

    story: Story
    manager: Caller
    agent: Caller
    case: str
    call: int
    incident: str


@pytest.fixture
async def rows(session: AsyncSession) -> asyncpg.Connection:
    return await driver(session)


@pytest.fixture
async def two(story: Story, session: AsyncSession, rows: asyncpg.Connection, caller_for: CallerFor) -> Two:
    here = await make_service_point(session, name="本网点", districts=["徐汇区"])
    manager = await make_staff(session, role=StaffRole.MANAGER, name="徐主管", points=[here.id])
    agent = await make_staff(session, role=StaffRole.AGENT, name="徐客服", points=[here.id])
    await rows.execute("UPDATE staff SET name = $1 WHERE role = 'engineer'", ENGINEER)
    await story.completed(fault=THERE)
    await story.customer.post(f"/api/v1/tickets/{story.number}/messages", json={"text": f"在吗，{THERE}"})
    await story.customer.put(f"/api/v1/tickets/{story.number}/rating", json=BAD)
    force = await story.manager.post("/api/v1/incidents", json={"ticket": story.number, "broadcast": THERE})
    dead = "UPDATE outbox SET state = 'dead', settled_at = $1, reason = $2 WHERE id = (SELECT min(id) FROM outbox)"
    await rows.execute(dead, story.clock.now, THERE)
    case = await rows.fetchval("SELECT id FROM complaint_cases")
    call = await rows.fetchval("SELECT id FROM follow_ups")
    return Two(
        story,
        await caller_for(manager),
        await caller_for(agent),
        str(case),
        call or 0,
        force.json()["number"],
    )


async def test_no_page_of_the_menu_tells_of_another_point(two: Two) -> None:
    number = two.story.number
    views = ["", "?view=all", "?view=finished", "?view=waiting", "?view=open", "?view=closed", "?all=true"]
    views += ["?inbox=true", "?view=teams", "?view=service-points", "?view=agents", f"?view=all&q={number}"]
    seen_by_all = 0
    for key, *_ in MENU:
        for view in views:
            everything = await two.story.manager.get(f"/console/{key}{view}")
            if everything.status_code == 422:
                continue
            seen_by_all += number in everything.text
            for who in (two.manager, two.agent):
                page = await who.get(f"/console/{key}{view}")
                assert page.status_code in (200, 403), (key, view)
                for word in (number, THERE, ENGINEER, two.incident):
                    assert word not in re.sub(r'value="[^"]*"|没有找到“.*?”|q=\w*', "", page.text), (
                        key,
                        view,
                        word,
                    )
    # The same pages do tell of it to whoever answers for the whole house.
    assert seen_by_all > 5


async def test_what_is_of_another_point_does_not_exist(two: Two) -> None:
    story, number = two.story, two.story.number
    asked = [
        each for each in ANSWERS if "{number}" in each and each.startswith(("GET /api/v1", "GET /console"))
    ]
    assert len(asked) > 15
    for operation in asked:
        path = operation.removeprefix("GET ").replace("{number}", number)
        if "{" not in path and ANSWERS[operation]["manager"] == 200:
            assert (await two.manager.get(path)).status_code == 404, path
    for method, path, body in (
        ("GET", f"/console/complaints/{two.case}", None),
        ("GET", f"/console/incidents/{two.incident}", None),
        ("POST", f"/api/v1/complaints/{two.case}/take", {}),
        ("POST", f"/api/v1/complaints/{two.case}/steps", {"kind": "call", "text": "致电"}),
        ("POST", f"/api/v1/incidents/{two.incident}/updates", {"text": "已定位"}),
        ("POST", f"/api/v1/tickets/{number}/messages", {"text": "您好"}),
        ("POST", f"/api/v1/tickets/{number}/contact-reveals", {"reason": "核对"}),
        ("POST", f"/api/v1/tickets/{number}/transitions", {"event": "close", "version": 1, "reason": "关单"}),
    ):
        answer = await two.manager.request(method, path, json=body)
        assert answer.status_code in (404, 422), (path, answer.status_code)
    engineer = f"/console/rosters/{story.engineer.person.id}"
    day = story.clock.now.date().isoformat()
    for method, path, said in (
        ("GET", f"/console/dispatch?ticket={number}", None),
        (
            "POST",
            f"/console/dispatch/assign?ticket={number}",
            {"engineer_id": str(UUID(int=7)), "version": "1"},
        ),
        ("GET", engineer, None),
        ("POST", f"{engineer}/pattern", {"monday": "09:00-18:00"}),
        ("POST", f"{engineer}/days", {"day": day, "spans": "09:00-18:00"}),
        ("POST", f"{engineer}/absences", {"kind": "sick", "start": f"{day}T08:00", "end": f"{day}T20:00"}),
        ("POST", f"{engineer}/licences", {}),
        ("POST", f"/console/incidents/{two.incident}/updates", {"text": "已定位"}),
        ("POST", f"/console/incidents/{two.incident}/owner", {"owner_id": str(two.manager.person.id)}),
    ):
        answer = await two.manager.request(method, path, data=said)
        assert answer.status_code == 404, (path, answer.status_code)
    assert (await two.manager.get("/api/v1/tickets")).json()["items"] == []
    assert (await story.manager.get("/api/v1/tickets")).json()["items"] != []


async def test_what_is_of_his_own_is_there(two: Two, session: AsyncSession) -> None:
    ticket = (await session.scalars(select(Ticket))).one()
    person = two.manager.person
    person.points = [ticket.service_point_id]  # type: ignore[union-attr]
    await session.flush()
    assert (await two.manager.get(f"/console/tickets/{two.story.number}")).status_code == 200
    assert two.story.number in (await two.manager.get("/console/tickets?view=all")).text
    assert two.story.number in (await two.manager.get("/console/complaints")).text

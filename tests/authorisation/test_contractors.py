"""Two contractors who could do the same job: what one has, the other never finds, by whatever way."""

from datetime import timedelta

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.actor import Actor
from app.domain.lifecycle import Role
from app.domain.zone import ZONE
from app.models import Engineer
from app.services.tickets.stream import TicketStream
from tests.authorisation.table import OF_A_TICKET
from tests.authorisation.world import NO_SUCH_TICKET, World, told
from tests.dispatch.contractors import Crew, make_crew
from tests.harness.callers import CallerFor
from tests.harness.clock import Clock
from tests.make import make_contractor
from tests.tickets import bodies
from tests.tickets.conftest import rows
from tests.tickets.story import Story

__all__ = ["rows"]

LOOKS = [each for each in OF_A_TICKET if each.startswith("GET ")]


@pytest.fixture
async def theirs(session: AsyncSession, caller_for: CallerFor, story: Story, engineer: Engineer) -> Crew:
    """The story's engineer works for it, and nobody of the story is ours."""
    contractor, dispatcher = await make_contractor(session, "春城快修", engineer)
    return Crew(contractor, story.engineer, await caller_for(dispatcher))


@pytest.fixture
async def others(session: AsyncSession, clock: Clock, caller_for: CallerFor, theirs: Crew) -> Crew:
    return await make_crew(session, clock, caller_for, "滇池家电", "赵师傅", latitude=31.26, longitude=121.6)


async def test_a_ticket_of_another_contractor_answers_like_none(
    world: World, theirs: Crew, others: Crew
) -> None:
    world.callers.update(
        rival=others.dispatcher, rivals_engineer=others.engineer, dispatcher=theirs.dispatcher
    )
    for who in ("rival", "rivals_engineer"):
        for operation in LOOKS:
            foreign = await world.ask(who, operation)
            assert told(foreign) == told(await world.ask(who, operation, NO_SUCH_TICKET)), (who, operation)
        answer = await world.callers[who].get("/api/v1/tickets")
        assert answer.json()["items"] == [], who
        assert (await world.ask(who, "POST /api/v1/tickets/{number}/contact-reveals")).status_code == 404
    seen = await world.callers["dispatcher"].get("/api/v1/tickets")
    assert [item["number"] for item in seen.json()["items"]] == [world.number]


async def test_a_dispatcher_sees_of_his_ticket_what_he_needs(story: Story, theirs: Crew) -> None:
    await story.completed()
    url = f"/api/v1/tickets/{story.number}"
    seen = (await theirs.dispatcher.get(url)).json()
    assert seen["quote"]["total_fen"] > 0
    assert seen["address"]["detail"]
    for path in ("events", "visits", "parts", "evidence", "messages", "warranty"):
        assert (await theirs.dispatcher.get(f"{url}/{path}")).status_code == 200, path
    for path in ("dispatch", "part-reservations", "warranty"):
        assert (await theirs.dispatcher.put(f"{url}/{path}", json={})).status_code in (403, 405), path


async def test_lists_show_each_dispatcher_his_own_people_only(
    story: Story, theirs: Crew, others: Crew, rows: asyncpg.Connection
) -> None:
    await rows.execute("UPDATE staff SET service_point_id = (SELECT id FROM service_points LIMIT 1)")
    point = await rows.fetchval("SELECT id::text FROM service_points LIMIT 1")
    await story.accepted()
    await story.step(story.customer, "book", window=bodies.window(story.clock.now, days=1))
    day = (story.clock.now.astimezone(ZONE) + timedelta(days=1)).date().isoformat()
    for crew, name, numbers in ((theirs, "陈师傅", [story.number]), (others, "赵师傅", [])):
        told_of = await crew.dispatcher.get(
            "/api/v1/dispatch/board", params={"service_point_id": point, "day": day}
        )
        board = told_of.json()
        assert [each["name"] for each in board["engineers"]] == [name]
        visits = [
            visit["number"]
            for each in board["engineers"]
            for span in each["spans"]
            for visit in span["visits"]
        ]
        assert (visits, board["unassigned"], board["stranded"]) == (numbers, [], [])
        figures = (await crew.dispatcher.get("/api/v1/kpi/engineers")).json()["items"]
        assert [(each["name"], each["contractor"]) for each in figures] == [(name, crew.contractor.name)]
        known = (await crew.dispatcher.get("/api/v1/contractors")).json()["items"]
        assert [each["name"] for each in known] == [crew.contractor.name]
    await story.submit()
    await story.step(story.agent, "triage")
    params = {"service_point_id": point, "day": day}
    pool = (await others.dispatcher.get("/api/v1/dispatch/board", params=params)).json()["unassigned"]
    assert [each["number"] for each in pool] == [story.number]
    assert (await story.see(others.dispatcher))["address"]["detail"] is None


async def test_engineers_of_another_contractor_do_not_exist(theirs: Crew, others: Crew) -> None:
    for path in ("shift-pattern", "rosters?from=2026-12-01&to=2026-12-02", "licences"):
        mine = await others.dispatcher.get(f"/api/v1/engineers/{others.engineer_id}/{path}")
        assert mine.status_code == 200, path
        his = await others.dispatcher.get(f"/api/v1/engineers/{theirs.engineer_id}/{path}")
        assert his.status_code == 404, path
    for engineer_id, status in ((others.engineer_id, 200), (theirs.engineer_id, 404)):
        van = {"kind": "van", "place_id": engineer_id}
        assert (await others.dispatcher.get("/api/v1/stock", params=van)).status_code == status
        asked = {"engineer_id": engineer_id}
        assert (await others.dispatcher.get("/api/v1/kpi/engineers", params=asked)).status_code == status
    week = {"monday": [{"start": "09:00", "end": "18:00"}]}
    for engineer_id, status in ((others.engineer_id, 200), (theirs.engineer_id, 404)):
        answer = await others.dispatcher.put(f"/api/v1/engineers/{engineer_id}/shift-pattern", json=week)
        assert answer.status_code == status


async def test_windows_are_offered_of_his_own_people_only(story: Story, theirs: Crew, others: Crew) -> None:
    await story.submit()
    await story.step(story.agent, "triage")
    for crew, name in ((theirs, "陈师傅"), (others, "赵师傅")):
        slots = (await crew.dispatcher.get(f"/api/v1/tickets/{story.number}/slots")).json()["items"]
        assert {slot["engineer"] for slot in slots} == {name}


async def test_a_stream_ends_for_whom_the_ticket_has_left(story: Story, theirs: Crew, others: Crew) -> None:
    await story.accepted()
    his = str(theirs.dispatcher.person.id)
    dispatcher = Actor(Role.CONTRACTOR, his, contractor_id=str(theirs.contractor.id))
    stream = await TicketStream(story.database.reads.acquire).open(story.number, dispatcher, after=0)
    count = len((await theirs.dispatcher.get(f"/api/v1/tickets/{story.number}/events")).json()["items"])
    for _ in range(count + 1):
        await anext(stream)
    await story.step(story.manager, "reassign", reason="改派")
    await story.step(story.agent, "offer", engineer_id=others.engineer_id)
    await story.step(others.engineer, "accept")
    with pytest.raises(StopAsyncIteration):
        await anext(stream)

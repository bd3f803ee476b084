"""Tickets on their way to people at the desk: by rules, by loads, by who is there; and told why."""

import asyncio
from datetime import timedelta
from typing import Any

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import driver
from app.domain.routing.choice import ABSENCE
from app.models.people import StaffRole
from app.services.followers.follow import Passed
from app.services.routing.route import give_left_behind, give_waiting, route
from app.workers.routing import RoutingWorker
from tests.harness.callers import Caller, CallerFor
from tests.harness.followed import others_ended
from tests.harness.live import Live
from tests.make import make_customer, make_event, make_staff, make_ticket
from tests.tickets.story import Story


class Desk:
    """Two agents, ``he`` and ``tan``; ``step`` is what the worker does about the tickets there are."""

    def __init__(self, story: Story, manager: Caller, he: Caller, tan: Caller) -> None:
        self.story, self.manager, self.he, self.tan = story, manager, he, tan

    async def team(self, name: str, *members: Caller, **over: Any) -> str:
        listed = [{"staff_id": str(each.person.id), "capacity": 2} for each in members]
        answer = await self.manager.post("/api/v1/teams", json={"name": name, "members": listed} | over)
        assert answer.status_code == 201, answer.text
        made: str = answer.json()["id"]
        return made

    async def rules(self, *rules: dict[str, Any]) -> None:
        answer = await self.manager.post("/api/v1/routing/rules", json={"rules": list(rules)})
        assert answer.status_code == 201, answer.text

    async def online(self, *people: Caller, presence: str = "online") -> None:
        for each in people:
            await each.put("/api/v1/routing/presence", json={"presence": presence})

    async def step(self) -> None:
        now = self.story.clock.now
        async with self.story.database.sessions.begin() as session:
            connection: asyncpg.Connection = await driver(session)
            ids = [row["id"] for row in await connection.fetch("SELECT id FROM tickets ORDER BY id")]
            await route(connection, [Passed(1, ticket_id, 1) for ticket_id in ids], now)
            await give_waiting(connection, now)
            await give_left_behind(connection, now)

    async def submit(self, **over: Any) -> str:
        number: str = (await self.story.submit(**over))["number"]
        await self.step()
        return number

    async def routes(self, number: str) -> list[dict[str, Any]]:
        answer = await self.manager.get(f"/api/v1/tickets/{number}/route")
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    async def where(self, number: str) -> tuple[str, str | None]:
        current = (await self.routes(number))[0]
        return current["team"], current["staff"]


@pytest.fixture
async def desk(story: Story, as_manager: Caller, caller_for: CallerFor, session: AsyncSession) -> Desk:
    he, tan = [
        await caller_for(await make_staff(session, role=StaffRole.AGENT, name=name))
        for name in ("何思雨", "谭越")
    ]
    return Desk(story, as_manager, he, tan)


async def test_a_rule_sends_it_to_its_team_and_says_why(desk: Desk) -> None:
    cooling, rest = await desk.team("制冷组", desk.he), await desk.team("综合组", desk.tan, standing=True)
    await desk.rules(
        {"name": "空调报修", "team_id": cooling, "conditions": {"categories": ["空调"]}, "rank": 3},
        {"name": "其他", "team_id": rest},
    )
    await desk.online(desk.he, desk.tan)
    number = await desk.submit()
    (found,) = await desk.routes(number)
    assert (found["team"], found["staff"], found["cause"]) == ("制冷组", "何思雨", "rule")
    assert found["why"]["rule"] == {"position": 1, "name": "空调报修"}
    assert found["why"]["because"] == ["品类是空调"]
    assert found["why"]["tried"][0]["candidates"] == [
        {"name": "何思雨", "load": 0, "capacity": 2, "obstacle": ""}
    ]
    (mine,) = (await desk.he.get("/api/v1/routing/queue")).json()["items"]
    assert (mine["number"], mine["rank"]) == (number, 3)


async def test_what_no_rule_fits_waits_with_the_standing_team_and_says_so(desk: Desk) -> None:
    await desk.team("综合组", desk.tan, standing=True)
    number = await desk.submit()
    (found,) = await desk.routes(number)
    assert (found["team"], found["staff"], found["cause"]) == ("综合组", None, "default")
    assert found["why"]["because"] == ["没有规则符合，进入默认组"]
    assert "待分配队列" in found["why"]["waits"]
    waiting = await desk.tan.get("/api/v1/routing/queue", params={"whose": "waiting"})
    assert [each["number"] for each in waiting.json()["items"]] == [number]
    await desk.online(desk.tan)
    await desk.step()
    assert [each["cause"] for each in await desk.routes(number)] == ["waited", "default"]
    assert await desk.where(number) == ("综合组", "谭越")


async def test_without_teams_nothing_is_routed(desk: Desk) -> None:
    number = await desk.submit()
    assert await desk.routes(number) == []
    tried = await desk.he.post("/api/v1/routing/try", json={"number": number})
    assert tried.json() == {"team": None, "staff": None, "cause": None, "why": None}


async def test_they_take_turns_up_to_what_each_can_have_then_it_overflows(desk: Desk) -> None:
    overflow = await desk.team("备援组", desk.tan)
    await desk.team("综合组", desk.he, standing=True, overflow_id=overflow)
    await desk.online(desk.he, desk.tan)
    numbers = [await desk.submit(fault=f"不制冷{n}") for n in range(5)]
    assert [await desk.where(number) for number in numbers] == [
        ("综合组", "何思雨"),
        ("综合组", "何思雨"),
        ("备援组", "谭越"),
        ("备援组", "谭越"),
        ("综合组", None),
    ]
    tried = (await desk.routes(numbers[4]))[0]["why"]["tried"]
    assert [(each["team"], each["candidates"][0]["obstacle"]) for each in tried] == [
        ("综合组", "已满"),
        ("备援组", "已满"),
    ]
    desk.story.number = numbers[0]
    await desk.story.step(desk.story.customer, "cancel", reason_code="changed_mind")
    await desk.step()
    assert await desk.where(numbers[4]) == ("综合组", "何思雨")
    assert (await desk.routes(numbers[0]))[0]["ended_at"] is not None


async def test_what_somebody_leaves_behind_goes_to_others_if_there_are_any(desk: Desk) -> None:
    await desk.team("综合组", desk.he, desk.tan, standing=True)
    await desk.online(desk.he)
    number = await desk.submit()
    desk.story.clock.now += ABSENCE
    await desk.step()
    assert await desk.where(number) == ("综合组", "何思雨")
    await desk.online(desk.tan, presence="busy")
    await desk.step()
    assert await desk.where(number) == ("综合组", "何思雨")
    await desk.online(desk.tan)
    await desk.step()
    assert [(each["staff"], each["cause"]) for each in await desk.routes(number)] == [
        ("谭越", "absent"),
        ("何思雨", "default"),
    ]


async def test_a_transfer_has_a_reason_and_goes_to_a_member(desk: Desk) -> None:
    first, second = await desk.team("综合组", desk.he, standing=True), await desk.team("投诉组", desk.tan)
    await desk.online(desk.he)
    number = await desk.submit()
    url, tan = f"/api/v1/tickets/{number}/route", str(desk.tan.person.id)
    wrong = await desk.he.post(url, json={"team_id": first, "staff_id": tan, "reason": "客户投诉"})
    assert wrong.json()["errors"][0]["code"] == "no_member"
    done = await desk.he.post(url, json={"team_id": second, "staff_id": tan, "reason": "客户投诉"})
    assert (done.status_code, done.json()["items"][0]["reason"]) == (201, "客户投诉")
    assert await desk.where(number) == ("投诉组", "谭越")
    await desk.story.step(desk.story.customer, "cancel", reason_code="changed_mind")
    late = await desk.he.post(url, json={"team_id": first, "reason": "再看看"})
    assert late.json()["code"] == "ticket_settled"


async def test_a_dry_run_changes_nothing(desk: Desk) -> None:
    await desk.team("综合组", desk.he, standing=True)
    await desk.online(desk.he)
    number = (await desk.story.submit())["number"]
    tried = (await desk.tan.post("/api/v1/routing/try", json={"number": number})).json()
    assert (tried["team"], tried["staff"], tried["cause"]) == ("综合组", "何思雨", "default")
    assert await desk.routes(number) == []


async def test_teams_are_of_people_at_the_desk_and_one_stands_for_the_rest(desk: Desk) -> None:
    first = await desk.team("综合组", desk.he, standing=True)
    await desk.team("夜班组", desk.tan, standing=True, overflow_id=first)
    shown = (await desk.he.get("/api/v1/teams")).json()["items"]
    assert {each["name"]: each["standing"] for each in shown} == {"综合组": False, "夜班组": True}
    engineer = {"staff_id": str(desk.story.engineer.person.id)}
    for body, field in (
        ({"name": "外勤组", "members": [engineer]}, "body.members"),
        ({"name": "综合组", "overflow_id": first}, "body.overflow_id"),
    ):
        answer = await desk.manager.put(f"/api/v1/teams/{first}", json=body)
        assert answer.json()["errors"][0]["field"] == field
    same = await desk.manager.post("/api/v1/teams", json={"name": "夜班组"})
    assert same.json()["code"] == "team_known"
    gone = await desk.manager.post(
        "/api/v1/routing/rules", json={"rules": [{"name": "空", "team_id": str(desk.he.person.id)}]}
    )
    assert gone.json()["errors"][0]["field"] == "body.rules.0.team_id"


async def test_two_workers_give_each_ticket_once_and_nobody_too_many(live: Live) -> None:
    now = live.clock.now
    async with live.sessions.begin() as session:
        person = await make_staff(session, role=StaffRole.AGENT)
        connection = await driver(session)
        team = await connection.fetchval(
            "INSERT INTO teams (id, name, standing) VALUES (gen_random_uuid(), '组', TRUE) RETURNING id"
        )
        await connection.execute("INSERT INTO team_members VALUES ($1, $2)", team, person.id)
        await connection.execute(
            "INSERT INTO desk_seats VALUES ($1, 10, 'online', $2)", person.id, now + timedelta(minutes=1)
        )
        customer = await make_customer(session)
        for _ in range(30):
            await make_event(session, await make_ticket(session, customer), 1)
    workers = [RoutingWorker(live.sessions, live.clock.read) for _ in range(3)]

    async def work(worker: RoutingWorker) -> None:
        while await worker.step():
            pass

    async with live.database.writes.acquire() as connection:
        await others_ended(connection)
    await asyncio.gather(*map(work, workers), *map(work, workers))
    async with live.sessions.begin() as session:
        rows = await (await driver(session)).fetch(
            "SELECT staff_id IS NOT NULL AS given, count(*) FROM ticket_routes WHERE ended_at IS NULL GROUP BY 1"
        )
    assert {row["given"]: row["count"] for row in rows} == {True: 10, False: 20}

"""What a task force may and may not: decisions, tickets by hand, interrupted work, duties."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import asyncpg
import pytest
from httpx import Response
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import driver
from app.models import Staff
from app.services.incidents.settle import settle_one
from app.services.operations.doctor import examine
from app.workers.incidents import IncidentWatch
from tests.harness.callers import Caller
from tests.incidents.bursts import burst
from tests.incidents.test_detection import run
from tests.tickets.story import Story

_OUTCOMES = (
    "SELECT t.state, x.outcome FROM incident_tickets x JOIN tickets t ON t.id = x.ticket_id ORDER BY t.id"
)


@pytest.fixture
def works(story: Story) -> Callable[[], Awaitable[None]]:
    part = IncidentWatch(story.database.sessions, story.clock.read)

    async def work() -> None:
        await run(part)

    return work


async def do(who: Caller, number: str, what: str, **body: Any) -> Response:
    return await who.post(f"/api/v1/incidents/{number}/{what}", json=body)


async def opened(story: Story, **body: Any) -> str:
    """By hand, about the story's ticket."""
    made = await story.manager.post("/api/v1/incidents", json={"ticket": story.number} | body)
    assert made.status_code == 201, made.text
    number: str = made.json()["number"]
    return number


async def test_a_dismissed_key_is_left_alone_and_remembered(
    story: Story, session: AsyncSession, rows: asyncpg.Connection, works: Callable[[], Awaitable[None]]
) -> None:
    await burst(session, story.clock.now)
    await works()
    (found,) = (await story.manager.get("/api/v1/incidents")).json()["items"]
    assert (await do(story.manager, found["number"], "dismiss", reason="")).status_code == 422
    dismissed = (
        await do(story.manager, found["number"], "dismiss", reason="小区停电", silent_hours=2)
    ).json()
    assert (dismissed["state"], dismissed["dismissed_reason"]) == ("dismissed", "小区停电")
    assert {ticket["outcome"] for ticket in dismissed["attached"]} == {"dismissed"}
    story.clock.advance(minutes=70)
    await burst(session, story.clock.now)
    await works()
    assert (await story.manager.get("/api/v1/incidents")).json()["items"] == []
    story.clock.advance(minutes=60)
    await burst(session, story.clock.now)
    await works()
    assert len((await story.manager.get("/api/v1/incidents")).json()["items"]) == 1
    assert (await do(story.manager, found["number"], "accept")).json()["code"] == "incident_moved"


async def test_a_ticket_belongs_to_one_incident_and_comes_back_only_by_hand(
    story: Story, rows: asyncpg.Connection, works: Callable[[], Awaitable[None]]
) -> None:
    await story.submit()
    number = await opened(story)
    again = await story.manager.post("/api/v1/incidents", json={"ticket": story.number})
    assert again.json()["code"] == "incident_there"
    taken = await do(story.manager, number, "tickets", tickets=[story.number])
    assert taken.json()["code"] == "in_another_incident"
    unknown = await do(story.manager, number, "tickets", tickets=[story.number, "HX0"])
    assert unknown.json()["errors"][0]["field"] == "body.tickets.1"
    gone = await do(story.manager, number, f"tickets/{story.number}/detach", reason="另一种故障")
    assert gone.json()["attached"][0]["reason"] == "另一种故障"
    await works()
    assert (await story.see())["priority"] != "systemic"
    back = await do(story.manager, number, "tickets", tickets=[story.number])
    assert (back.status_code, back.json()["tickets"]) == (201, 1)
    await works()
    assert (await story.see())["priority"] == "systemic"


async def test_who_accepted_is_let_go_and_who_is_on_his_way_goes_on(
    story: Story, rows: asyncpg.Connection, works: Callable[[], Awaitable[None]]
) -> None:
    await story.accepted()
    number = await opened(story)
    await works()
    await do(story.manager, number, "resolve", solution="厂家服务器已恢复")
    await works()
    seen = await story.see()
    assert (seen["state"], seen["engineer"]) == ("completed", None)
    assert await rows.fetchval("SELECT engineer_id FROM completions") is None
    assert await examine(rows) == []


async def test_what_cannot_move_stays_with_its_owner_and_is_listed(
    story: Story, rows: asyncpg.Connection, works: Callable[[], Awaitable[None]]
) -> None:
    await story.on_site()
    number = await opened(story)
    await works()
    resolved = (await do(story.manager, number, "resolve", solution="厂家服务器已恢复")).json()
    assert resolved["state"] == "resolved"
    await works()
    seen = (await story.manager.get(f"/api/v1/incidents/{number}")).json()
    assert [(t["state"], t["outcome"]) for t in seen["attached"]] == [("on_site", "stayed")]
    told = (await story.customer.get(f"/api/v1/tickets/{story.number}/events")).json()["items"]
    assert told[-1]["text"] == "系统性故障已恢复：厂家服务器已恢复"
    assert await examine(rows) == []


async def test_a_resolution_that_is_interrupted_goes_on_where_it_was(
    story: Story, session: AsyncSession, rows: asyncpg.Connection, works: Callable[[], Awaitable[None]]
) -> None:
    await burst(session, story.clock.now, 9, service_type="consultation", on_site=False)
    await works()
    (found,) = (await story.manager.get("/api/v1/incidents")).json()["items"]
    await do(story.manager, found["number"], "accept", broadcast="正在抢修")
    await works()
    await do(story.manager, found["number"], "resolve", solution="已恢复")
    for _ in range(4):
        async with story.database.sessions.begin() as one:
            assert await settle_one(await driver(one), story.clock.now)
    # The worker dies in the middle of the fifth: nothing of it is kept.
    transaction = rows.transaction()
    await transaction.start()
    await settle_one(rows, story.clock.now)
    await transaction.rollback()
    outcomes = [tuple(row) for row in await rows.fetch(_OUTCOMES)]
    assert outcomes == [("completed", "moved")] * 4 + [("submitted", None)] * 5
    await works()
    outcomes = [tuple(row) for row in await rows.fetch(_OUTCOMES)]
    assert outcomes == [("completed", "moved")] * 9
    moves = await rows.fetch(
        "SELECT count(*) FROM ticket_events WHERE event = 'resolve_remote' GROUP BY ticket_id"
    )
    assert [row["count"] for row in moves] == [1] * 9


async def test_whoever_merges_a_ticket_of_it_brings_the_other_along(
    story: Story, rows: asyncpg.Connection, works: Callable[[], Awaitable[None]]
) -> None:
    earlier = (await story.submit())["number"]
    story.clock.advance(minutes=1)
    await story.submit()
    number = await opened(story)
    await works()
    await story.step(story.customer, "merge", into=earlier)
    await works()
    story.number = earlier
    assert (await story.see())["priority"] == "systemic"
    seen = (await story.manager.get(f"/api/v1/incidents/{number}")).json()
    assert sorted((t["number"] == earlier, t["outcome"]) for t in seen["attached"]) == [
        (False, "over"),
        (True, None),
    ]


async def test_a_late_review_is_asked_for_and_nobody_approves_his_own(
    story: Story, rows: asyncpg.Connection, works: Callable[[], Awaitable[None]]
) -> None:
    await story.submit()
    number = await opened(story)
    assert (await do(story.manager, number, "review/decision", approved=True)).json()[
        "code"
    ] == "incident_moved"
    await do(story.manager, number, "resolve", solution="已恢复")
    await works()
    story.clock.now += timedelta(days=5)
    await works()
    late = (await story.manager.get("/api/v1/incidents", params={"state": "late"})).json()["items"]
    assert [item["number"] for item in late] == [number]
    asked = await rows.fetchval("SELECT count(*) FROM outbox WHERE slots->>'hint' = '复盘已逾期，请尽快完成'")
    assert asked == 1
    assert (await do(story.manager, number, "review/decision", approved=True)).json()[
        "code"
    ] == "nothing_to_review"
    review = {"cause": "证书过期", "course": "两小时", "better": "到期告警"}
    written = await story.manager.put(f"/api/v1/incidents/{number}/review", json=review)
    assert written.json()["review"]["state"] == "written"
    own = await do(story.manager, number, "review/decision", approved=True)
    assert (own.status_code, own.json()["msg"]) == (403, "请由另一位主管评审您填写的复盘。")


async def test_an_owner_is_changed_and_does_not_leave(story: Story) -> None:
    await story.submit()
    number = await opened(story)
    assert isinstance(story.manager.person, Staff)
    here = f"/api/v1/incidents/{number}"
    stays = await story.manager.delete(f"{here}/members/{story.manager.person.id}")
    assert stays.json()["code"] == "owner_stays"
    # An engineer sees nothing of it until he is a member.
    assert (await story.engineer.get(here)).status_code == 404
    assert (await story.manager.put(f"{here}/owner/{story.engineer.person.id}")).json()["owner"] == "陈师傅"
    assert (await story.engineer.get(here)).status_code == 200
    assert (await story.manager.delete(f"{here}/members/{story.manager.person.id}")).status_code == 200

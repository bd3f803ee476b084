"""A system-wide fault from its first ticket to its review, as the people in it lived it."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import asyncpg
import pytest
from httpx import Response
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Customer, Staff
from app.services.operations.doctor import examine
from app.workers.incidents import IncidentWatch
from tests.harness.callers import Caller, CallerFor
from tests.incidents.test_detection import run
from tests.make import make_staff
from tests.tickets import bodies
from tests.tickets.story import Story

REMOTE = {
    "service_type": "consultation",
    "category": "",
    "fault": "小程序一直打不开，付不了款",
    "address": None,
}
_CARDS = """
SELECT recipient_id, slots->>'hint' AS hint FROM outbox WHERE slots->>'state' = '故障通报' ORDER BY id
"""


@pytest.fixture
async def neighbours(session: AsyncSession, caller_for: CallerFor) -> list[Caller]:
    made = []
    for number in range(8):
        person = Customer(nickname=f"邻居{number}", phone=f"1370013700{number}")
        session.add(person)
        await session.flush()
        made.append(await caller_for(person))
    return made


@pytest.fixture
async def specialist(session: AsyncSession, caller_for: CallerFor) -> Caller:
    return await caller_for(await make_staff(session, name="何专家"))


@pytest.fixture
def works(story: Story) -> Callable[[], Awaitable[None]]:
    part = IncidentWatch(story.database.sessions, story.clock.read)

    async def work() -> None:
        await run(part)

    return work


async def report(who: Caller, **over: Any) -> str:
    answer = await who.post("/api/v1/tickets", json=bodies.report(**REMOTE | over))
    assert answer.status_code == 201, answer.text
    number: str = answer.json()["number"]
    return number


def ok(answer: Response, status: int = 200) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_a_fault_that_hits_many_from_the_first_ticket_to_the_review(
    story: Story,
    rows: asyncpg.Connection,
    neighbours: list[Caller],
    specialist: Caller,
    as_admin: Caller,
    works: Callable[[], Awaitable[None]],
) -> None:
    clock, manager = story.clock, story.manager
    assert isinstance(specialist.person, Staff)

    # Within half an hour eight people cannot pay. The managers hear of it with the figures.
    numbers = []
    for who in neighbours:
        numbers.append(await report(who))
        clock.advance(minutes=4)
    await works()
    (found,) = ok(await manager.get("/api/v1/incidents"))["items"]
    assert (found["state"], found["tickets"], found["customers"]) == ("proposed", 8, 8)
    here = f"/api/v1/incidents/{found['number']}"
    inbox = ok(await manager.get("/api/v1/me/inbox"))["items"]
    assert any("1小时内8位客户" in line["value"] for line in inbox[0]["lines"])
    assert await rows.fetch(_CARDS) == []

    # He makes it a task force with an owner; one text goes to all, once to each.
    accepted = ok(
        await manager.post(
            f"{here}/accept",
            json={
                "severity": "outage",
                "owner_id": str(specialist.person.id),
                "broadcast": "支付通道故障，正在抢修",
                "promised_at": (clock.now + timedelta(hours=2)).isoformat(),
            },
        )
    )
    assert (accepted["state"], accepted["owner"]) == ("open", "何专家")
    await works()
    cards = await rows.fetch(_CARDS)
    assert sorted(card["recipient_id"] for card in cards) == sorted(who.person.id for who in neighbours)
    assert {card["hint"] for card in cards} == {"支付通道故障，正在抢修"}
    seen = ok(await neighbours[0].get(f"/api/v1/tickets/{numbers[0]}"))
    assert seen["priority"] == "systemic"
    told = ok(await neighbours[0].get(f"/api/v1/tickets/{numbers[0]}/events"))["items"]
    assert told[-1]["text"] == "支付通道故障，正在抢修"

    # One of the eight reports again, and a newcomer does: he hears at once that it is known, the other nothing twice.
    again = await report(neighbours[0])
    newcomer = await report(story.customer)
    await works()
    known = ok(await story.customer.get(f"/api/v1/tickets/{newcomer}/incident"))
    assert known["text"] in (await story.customer.get(f"/h5/tickets/{newcomer}")).text
    assert known["text"].startswith("已知故障，正在处理，预计今天 ")
    cards = await rows.fetch(_CARDS)
    assert [card["recipient_id"] for card in cards[8:]] == [story.customer.person.id]
    for number in (again, newcomer):
        heard = ok(await story.agent.get(f"/api/v1/tickets/{number}/events"))["items"]
        assert "支付通道故障，正在抢修" in [item["text"] for item in heard]

    # Nobody says anything for a quarter of an hour: the owner and the managers are reminded, and he speaks.
    clock.advance(minutes=16)
    await works()
    late = ok(await manager.get("/api/v1/incidents", params={"state": "late"}))["items"]
    assert [item["number"] for item in late] == [found["number"]]
    ok(await specialist.post(f"{here}/updates", json={"stage": "fixing", "text": "已切换备用通道"}), 201)
    ok(await specialist.post(f"{here}/broadcasts", json={"text": "已切换备用通道，正在恢复"}), 201)
    await works()
    assert len(await rows.fetch(_CARDS)) == 9 + 9
    assert ok(await manager.get("/api/v1/incidents", params={"state": "late"}))["items"] == []

    # One ticket is about something else; it goes on alone. An agent who is no member has no say.
    assert (await story.agent.post(f"{here}/broadcasts", json={"text": "好了"})).status_code == 403
    ok(await specialist.post(f"{here}/tickets/{numbers[7]}/detach", json={"reason": "是他的手机没有网络"}))
    ok(await specialist.post(f"{here}/updates", json={"stage": "watching"}), 201)

    # It is over: what can move moves, and its customers are asked as always.
    clock.advance(minutes=10)
    ok(await specialist.post(f"{here}/resolve", json={"solution": "支付通道已恢复"}))
    await works()
    await works()
    settled = ok(await manager.get(here))
    assert settled["timeline"][-1]["text"] == "9张工单请客户确认，0张由原负责人继续处理"
    assert ok(await neighbours[7].get(f"/api/v1/tickets/{numbers[7]}"))["state"] == "submitted"
    for who, number in zip(neighbours[1:7], numbers[1:7], strict=True):
        ticket = ok(await who.get(f"/api/v1/tickets/{number}"))
        assert ticket["state"] == "completed"
        step = {"event": "confirm", "version": ticket["version"]}
        ok(await who.post(f"/api/v1/tickets/{number}/transitions", json=step))

    # For one it is not solved: his ticket alone begins anew.
    story.number = newcomer
    photo = await story.photo(story.customer, "dispute")
    reopened = await story.step(story.customer, "dispute", reason="还是付不了", attachment_ids=[photo])
    assert reopened["state"] == "dispatching"

    # The owner writes what was learned; another manager than the writer approves it.
    ok(
        await specialist.put(
            f"{here}/review", json={"cause": "证书过期", "course": "10:00 首报", "better": "到期前 30 天告警"}
        )
    )
    action = {"text": "接入证书到期告警", "owner_id": str(story.agent.person.id), "due_on": "2026-07-01"}
    ok(await specialist.post(f"{here}/actions", json=action), 201)
    reviewed = ok(await manager.post(f"{here}/review/decision", json={"approved": True}))
    assert reviewed["state"] == "reviewed"
    impact = reviewed["impact"]
    assert (impact["tickets"], impact["customers"], impact["moved"], impact["not_solved"]) == (9, 8, 9, 1)
    assert impact["minutes_to_acknowledge"] < impact["minutes_to_mitigate"] < impact["minutes_to_resolve"]
    (todo,) = reviewed["actions"]
    assert ok(await story.agent.post(f"{here}/actions/{todo['id']}/done"))["actions"][0]["done_at"]
    assert await examine(rows) == []

"""A broken air conditioner, from the report to the rating, as its people live it."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import driver
from app.models import ClockSegment, Push, Rating, TicketEvent
from app.services.operations.doctor import examine
from tests.tickets import bodies
from tests.tickets.story import SCORES, Story

# The rows of the test and those of the app share a connection, so the session sees what the app has written.


async def customer_pushes(session: AsyncSession) -> list[tuple[int, str, str]]:
    rows = await session.scalars(select(Push).where(Push.recipient == "customer").order_by(Push.id))
    return [(push.seq, push.slots.get("state", ""), push.kind) for push in rows]


async def test_a_repair_from_report_to_rating(story: Story, session: AsyncSession) -> None:
    submitted = await story.submit()
    assert (submitted["state"], submitted["label"]) == ("submitted", "已提交")
    assert submitted["promise"]
    assert submitted["diagnosis"]["category"] == "空调"

    await story.sweep()
    offered = await story.see()
    assert (offered["state"], offered["label"]) == ("offered", "派单中")
    assert offered["engineer"] is None

    accepted = await story.step(story.engineer, "accept")
    assert accepted["label"] == "已接单"
    assert (await story.see())["engineer"]["name"] == "陈师傅"

    scheduled = await story.step(story.customer, "book", window=bodies.window(story.clock.now))
    assert scheduled["label"] == "工程师上门时间"
    assert len(scheduled["visit"]["arrival_code"]) == 6

    await story.step(story.engineer, "depart")
    await story.step(story.engineer, "arrive", **bodies.HOME)
    quoted = await story.step(story.engineer, "quote", lines=[{"code": "AC-GAS", "quantity": 2}])
    assert quoted["quote"]["total_fen"] == 16000
    repairing = await story.step(story.customer, "approve_quote", quote_version=1)
    assert repairing["label"] == "维修中"

    await story.photo(story.engineer, "before")
    await story.photo(story.engineer, "after")
    finish = {"fault_code": "F01", "solution": "补充冷媒", "old_parts": "none", "charge_fen": 16000}
    done = await story.step(story.engineer, "finish", **finish)
    assert done["state"] == "completed"

    rated = await story.customer.put(
        f"/api/v1/tickets/{story.number}/rating", json=SCORES | {"comment": "很专业"}
    )
    assert rated.status_code == 200, rated.text
    closed = await story.see()
    assert (closed["state"], closed["rating"]["expertise"]) == ("closed", 4)

    pushes = await customer_pushes(session)
    states = [state for _, state, kind in pushes if kind == "ticket_progress"]
    assert " ".join(states) == (
        "已提交 派单中 派单中 已接单 已预约 已出发 检测中 待您确认 维修中 服务完成 已确认 已完成"
    )
    assert [kind for _, _, kind in pushes].count("rating_invitation") == 1
    assert await examine(await driver(session)) == []


async def test_the_rating_lands_in_the_kpi_of_who_worked_the_visit(story: Story) -> None:
    await story.completed()
    await story.customer.put(f"/api/v1/tickets/{story.number}/rating", json=SCORES)
    answer = await story.agent.get("/api/v1/kpi/engineers")
    (mine,) = [row for row in answer.json()["items"] if row["name"] == "陈师傅"]
    assert (mine["expertise"]["value"], mine["expertise"]["n"]) == (4.0, 1)
    assert mine["expertise"]["provisional"]
    assert mine["on_time"]["n"] == 1


async def test_silence_confirms_but_never_rates(story: Story, session: AsyncSession) -> None:
    await story.completed()
    story.clock.advance(hours=49)
    await story.sweep()
    assert (await story.see())["state"] == "confirmed"
    story.clock.advance(days=8)
    await story.sweep()
    closed = await story.see()
    assert (closed["state"], closed["rating"]) == ("closed", None)
    assert (await session.scalars(select(Rating))).all() == []
    late = await story.customer.put(f"/api/v1/tickets/{story.number}/rating", json=SCORES)
    assert (late.status_code, late.json()["code"]) == (409, "not_rateable")


async def test_a_ticket_is_rated_once(story: Story) -> None:
    await story.completed()
    url = f"/api/v1/tickets/{story.number}/rating"
    assert (await story.customer.put(url, json=SCORES)).status_code == 200
    again = await story.customer.put(url, json=SCORES | {"attitude": 1})
    assert (again.status_code, again.json()["code"]) == (409, "already_rated")


async def test_clocks_run_pause_and_stop_with_the_state(story: Story, session: AsyncSession) -> None:
    await story.on_site()
    story.clock.advance(minutes=10)
    await story.step(story.engineer, "quote", lines=[{"code": "AC-GAS", "quantity": 1}])
    story.clock.advance(minutes=30)
    await story.step(story.customer, "approve_quote", quote_version=1)
    rows = list(await session.scalars(select(ClockSegment).order_by(ClockSegment.from_seq)))
    resolution = [(r.mode, r.ended_at and r.ended_at - r.started_at) for r in rows if r.clock == "resolution"]
    assert resolution[1] == ("pause", timedelta(minutes=30))
    assert resolution[2] == ("run", None)
    response = [r for r in rows if r.clock == "response"]
    assert all(r.ended_at for r in response)


async def test_the_timeline_tells_everybody_his_part(story: Story, session: AsyncSession) -> None:
    await story.accepted()
    lines: list[dict[str, Any]] = (await story.customer.get(f"/api/v1/tickets/{story.number}/events")).json()[
        "items"
    ]
    assert [line["seq"] for line in lines] == [1, 2, 3, 4]
    assert lines[0]["actor"] == "您"
    assert lines[3]["text"] == "陈师傅已接单，正在约时间"
    staff = (await story.agent.get(f"/api/v1/tickets/{story.number}/events")).json()["items"]
    assert staff[0]["actor"] == "客户"
    events = (await session.scalars(select(TicketEvent.event).order_by(TicketEvent.seq))).all()
    assert list(events) == ["submit", "triage", "offer", "accept"]

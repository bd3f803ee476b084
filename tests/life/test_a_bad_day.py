"""A day on which nothing goes well, and what makes up for it: through HTTP, in the order in which it happens."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import asyncpg
import pytest

from app.domain.lifecycle import Event
from app.domain.period import Period
from app.services.complaints.watch import watch_one
from app.services.follow_ups import plan as follow_up_plan
from app.services.kpi.recount import recount
from app.services.operations.doctor import examine
from app.services.promises.recount import recount_promises
from app.settings import Settings
from app.workers.levels import LevelWatch
from tests.harness.callers import Caller
from tests.harness.clock import Clock
from tests.tickets import bodies
from tests.tickets.story import Story
from tests.tickets.traces import last_event, sent
from tests.tickets.ways import valid

ANGRY = {"attitude": 2, "expertise": 3, "timeliness": 1, "conduct": 2}
JUNE = Period.read("2026-06")
MONTH = {"month": "2026-06"}


@pytest.fixture
def everybody_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(follow_up_plan, "is_drawn", lambda *_: True)


@pytest.fixture
def watch(story: Story, clock: Clock, settings: Settings) -> Callable[[], LevelWatch]:
    return lambda: LevelWatch(story.database.sessions, clock.read)


async def settle(watch: LevelWatch) -> None:
    while await watch.step():
        pass


async def read(who: Caller, url: str, **params: str) -> Any:
    answer = await who.get(f"/api/v1/{url}", params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def do(who: Caller, url: str, **body: object) -> dict[str, Any]:
    answer = await who.post(f"/api/v1/{url}", json=body)
    assert answer.status_code in (200, 201), answer.text
    return Story.as_dict(answer)


async def on_time(story: Story) -> dict[str, Any]:
    items = (await read(story.manager, "kpi/engineers", **MONTH))["items"]
    (his,) = [item for item in items if item["engineer_id"] == str(story.engineer.person.id)]
    figure: dict[str, Any] = his["on_time"]
    return figure


async def test_a_bad_day(
    story: Story, rows: asyncpg.Connection, watch: Callable[[], LevelWatch], everybody_is_called: None
) -> None:
    customer, engineer, agent, manager = story.customer, story.engineer, story.agent, story.manager

    # Reported twice: the customer sees that it is the same thing, and makes one of the two.
    first = (await story.submit(fault="空调漏水，滴到地板上"))["number"]
    await story.customer.post(f"/api/v1/tickets/{first}/messages", json={"text": "水已经流到楼下了"})
    second = (await story.submit(fault="空调不制冷，一直吹热风"))["number"]
    found = await read(customer, f"tickets/{second}/similar")
    assert (found["similar"], found["may_join"]) == ([first], True)
    assert (await story.step(customer, "merge", into=first))["state"] == "merged"
    story.number = first
    await story.sweep()
    await story.step(engineer, "accept")
    booked = await story.step(customer, "book", window=bodies.window(story.clock.now, hour=14))
    merged = await read(customer, f"tickets/{first}/events")
    assert [each["number"] for each in merged["merged"]] == [second]

    # Urged three times; too soon is told how long to wait, and nothing is promised that nobody knows.
    asked = []
    for minutes in (0, 40, 40):
        story.clock.advance(minutes=minutes)
        told = await do(customer, f"tickets/{first}/urgings", message="到底几点来？")
        assert told["promised_at"]
        asked.append(told)
    again = await customer.post(f"/api/v1/tickets/{first}/urgings", json={"message": "人呢"})
    assert (again.status_code, again.json()["code"]) == (429, "too_many_requests")
    assert (await story.see())["urged"] == len(asked) == 3
    await do(agent, f"tickets/{first}/messages", text="师傅上一家有点复杂，我盯着，有变化马上告诉您。")

    # The promise cannot be kept: the customer hears it before the window ends, with the reason and another time.
    ends = datetime.fromisoformat(booked["visit"]["end"])
    story.clock.now = ends
    story.clock.advance(minutes=-10)
    await settle(watch())
    moved = await last_event(rows, first)
    assert moved.event == "promise_moved"
    (push,) = await sent(rows, first, moved.seq)
    assert (push.recipient, push.slots["hint"]) == ("customer", moved.text.split("。")[0])
    later = datetime.fromisoformat((await story.see())["promised_at"])
    assert later > datetime.fromisoformat(booked["promised_at"])

    # He comes an hour late, mends it, and is rated in anger.
    story.clock.now = ends
    story.clock.advance(hours=1)
    await story.step(engineer, "depart", **bodies.HOME)
    await story.step(engineer, "arrive", **bodies.HOME)
    quoted = await story.step(engineer, "quote", lines=[{"code": "AC-GAS", "quantity": 2}])
    await story.step(customer, "approve_quote", quote_version=quoted["quote"]["version"])
    await story.step(engineer, "finish", **await valid(story, Event.FINISH))
    rating = ANGRY | {"comment": "等了一下午，太气人了，再也不用你们！"}
    assert (await customer.put(f"/api/v1/tickets/{first}/rating", json=rating)).status_code == 200

    # It is a complaint case in that moment: somebody answers for it, and the customer says when it is solved.
    (case,) = (await read(manager, "complaints"))["items"]
    assert (case["number"], case["engineer"]) == (first, "陈师傅")
    assert (await do(agent, f"complaints/{case['id']}/take"))["owner"] == "林客服"
    await do(agent, f"complaints/{case['id']}/steps", kind="call", text="致电道歉", result="希望退上门费")
    offer = {"root_cause": "上一单超时，没有提前告知", "remedy": "退还上门费 50 元", "amount_fen": 5000}
    assert (await do(agent, f"complaints/{case['id']}/remedy", **offer))["state"] == "proposed"
    solved = await do(customer, f"tickets/{first}/complaint/answer", solved=True)
    assert (solved["state"], solved["outcome"]) == ("closed", "solved")

    # He is called back within a day; what he says goes to the one who did the work.
    story.clock.advance(hours=3)
    (owed,) = (await read(agent, "follow-ups", state="open"))["items"]
    await do(agent, f"follow-ups/{owed['id']}/take")
    called = await do(agent, f"follow-ups/{owed['id']}/calls", outcome="reached", solved=True, score=4)
    assert (called["state"], called["late"]) == ("reached", False)

    # The engineer appeals against the lateness: the road was closed. It counts no more, and stands where all see it.
    before = await on_time(story)
    assert (before["n"], before["value"]) == (1, 0.0)
    reason = {"number": first, "measure": "on_time", "reason": "二环高架封路，有交警公告"}
    appeal = await do(engineer, "kpi/appeals", **reason)
    decided = await do(manager, f"kpi/appeals/{appeal['id']}/decide", decision="upheld", note="公告属实")
    assert decided["state"] == "upheld"
    assert (await on_time(story))["n"] == 0

    # All figures are what a plain count of the rows gives, and nothing in the house contradicts itself.
    for counted in (recount, recount_promises):
        compared, differences = await counted(rows, JUNE, story.clock.now)
        assert compared
        assert differences == []
    assert await watch_one(rows, story.clock.now) is False
    assert await examine(rows) == []

"""Whoever urged is answered in time, or a manager hears that he was not."""

from collections.abc import Callable
from typing import Any

import asyncpg
import pytest

from app.domain.lifecycle import Event, State
from app.domain.period import Period
from app.services.operations.doctor import examine
from app.services.tickets.load import load_by_id
from app.services.urgings.raised import pressing
from app.services.urgings.recount import recount_urgings
from app.workers.levels import LevelWatch
from tests.harness.callers import Caller
from tests.tickets.story import Story
from tests.tickets.traces import last_event, of_ticket, sent
from tests.tickets.ways import reach, valid
from tests.urgings.test_urging import urge

NewWatch = Callable[[], LevelWatch]
_DUTY = (
    "SELECT answered_at, answered_by, escalated_at, lapsed_at, due_at FROM urgings ORDER BY id DESC LIMIT 1"
)
_LATE = "SELECT count(*) FROM ticket_events WHERE event = 'urging_late'"


async def look(watch: LevelWatch) -> None:
    while await watch.step():
        pass


async def figures(rows: asyncpg.Connection, story: Story) -> list[dict[str, Any]]:
    answer = await story.manager.get("/api/v1/kpi/urgings", params={"month": "2026-06"})
    items: list[dict[str, Any]] = answer.json()["items"]
    assert await recount_urgings(rows, Period.read("2026-06"), story.clock.now) == (len(items), [])
    return items


async def waiting(who: Caller) -> list[str]:
    return [each["number"] for each in (await who.get("/api/v1/urgings")).json()["items"]]


@pytest.mark.parametrize("how", ["message", "step", "answer"])
async def test_each_of_three_ways_is_an_answer(how: str, story: Story, rows: asyncpg.Connection) -> None:
    await story.accepted()
    await urge(story)
    assert await waiting(story.engineer) == await waiting(story.agent) == [story.number]
    story.clock.advance(minutes=20)
    url = f"/api/v1/tickets/{story.number}"
    match how:
        case "message":
            answer = await story.agent.post(f"{url}/messages", json={"text": "师傅下午到"})
            assert answer.status_code == 201, answer.text
        case "answer":
            answer = await story.engineer.post(f"{url}/urgings/answer", json={"text": "我下午两点到"})
            assert (answer.status_code, answer.json()["answered"]) == (201, 1)
            left = await last_event(rows, story.number)
            pushed = await sent(rows, story.number, left.seq)
            assert [(each.recipient, each.slots["reply"]) for each in pushed] == [
                ("customer", "我下午两点到")
            ]
        case _:
            await story.step(story.engineer, "book", **await valid(story, Event.BOOK))
    duty = await rows.fetchrow(_DUTY)
    assert duty["answered_at"] == story.clock.now
    assert duty["answered_by"] == str((story.agent if how == "message" else story.engineer).person.id)
    assert await waiting(story.agent) == []
    story.clock.advance(hours=2)
    (own,) = await figures(rows, story)
    assert (own["engineer_id"], own["answered_in_time"]["value"], own["escalated"]) == (
        str(story.engineer.person.id),
        1.0,
        0,
    )
    assert await examine(rows) == []


async def test_silence_goes_to_the_manager_once(
    story: Story, rows: asyncpg.Connection, new_watch: NewWatch
) -> None:
    await reach(story, State.DISPATCHING)
    await urge(story)
    story.clock.advance(hours=1, minutes=59)
    await look(new_watch())
    assert await rows.fetchval(_LATE) == 0
    story.clock.advance(minutes=1)
    await look(new_watch())
    await look(new_watch())
    assert await rows.fetchval(_LATE) == 1
    seq = await rows.fetchval("SELECT seq FROM ticket_events WHERE event = 'urging_late'")
    told = [message.recipient_id for message in await sent(rows, story.number, seq)]
    assert told == [str(story.manager.person.id)]
    seen = (await story.customer.get(f"/api/v1/tickets/{story.number}/events")).json()["items"]
    assert "urging_late" not in [each["event"] for each in seen]
    story.clock.advance(minutes=1)
    (desk,) = await figures(rows, story)
    assert (desk["engineer_id"], desk["answered_in_time"]["value"], desk["escalated"]) == (None, 0.0, 1)


async def test_whoever_calls_it_off_is_owed_nothing(
    story: Story, rows: asyncpg.Connection, new_watch: NewWatch
) -> None:
    await story.accepted()
    await urge(story)
    await story.step(story.customer, "cancel", **await valid(story, Event.CANCEL))
    duty = await rows.fetchrow(_DUTY)
    assert (duty["answered_at"], duty["lapsed_at"]) == (None, story.clock.now)
    story.clock.advance(hours=3)
    await look(new_watch())
    assert await rows.fetchval(_LATE) == 0
    assert await figures(rows, story) == []
    answer = await story.agent.post(
        f"/api/v1/tickets/{story.number}/urgings/answer", json={"text": "好的，已取消"}
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "nobody_waits")


async def test_a_loud_customer_does_not_overtake_a_danger(story: Story, rows: asyncpg.Connection) -> None:
    await reach(story, State.DISPATCHING)
    loud = story.number
    await urge(story)
    story.clock.advance(minutes=31)
    await urge(story)
    await story.submit(fault="空调插头发烫，有点焦味")
    await story.step(story.agent, "triage", priority="urgent")
    point = await rows.fetchval("SELECT id::text FROM service_points")
    day = story.clock.now.date().isoformat()
    board = await story.agent.get("/api/v1/dispatch/board", params={"service_point_id": point, "day": day})
    assert [each["number"] for each in board.json()["unassigned"]] == [story.number, loud]
    for number, urgent in ((loud, False), (story.number, True)):
        s = await load_by_id(rows, await of_ticket(rows, number, "id"))
        assert s.priority == "urgent"
        assert await pressing(rows, s) is urgent

"""A call after the work, from the moment that it is owed."""

from collections.abc import Callable

import asyncpg
import pytest
from httpx import Response

from app.domain.lifecycle import Event, State
from app.services.operations.doctor import examine
from app.workers.levels import LevelWatch
from tests.follow_ups.conftest import listed
from tests.harness.callers import Caller
from tests.tickets.story import SCORES, Story
from tests.tickets.traces import last_event, sent
from tests.tickets.ways import reach, valid

pytestmark = pytest.mark.usefixtures("drawn")


async def call(who: Caller, follow_up: str, **said: object) -> Response:
    return await who.post(f"/api/v1/follow-ups/{follow_up}/calls", json=said)


async def states(rows: asyncpg.Connection) -> list[str]:
    return [row["state"] for row in await rows.fetch("SELECT state FROM follow_ups ORDER BY id")]


async def test_the_customers_words_are_on_the_ticket_and_belong_to_the_engineer(
    story: Story, rows: asyncpg.Connection
) -> None:
    await story.completed()
    agent = listed(story.agent)
    assert await agent("ready") == []
    (owed,) = await agent("open")
    assert owed["engineer"] == "陈师傅"
    assert "王女士" in owed["script"][0]
    assert owed["phone_masked"] == "138****8000"
    story.clock.advance(hours=2)
    assert [each["id"] for each in await agent("ready")] == [owed["id"]]
    assert (await story.agent.post(f"/api/v1/follow-ups/{owed['id']}/take")).status_code == 200
    version = (await story.see())["version"]
    done = await call(story.agent, owed["id"], outcome="reached", solved=True, score=5)
    assert done.status_code == 201, done.text
    assert (done.json()["state"], done.json()["late"]) == ("reached", False)
    left = await last_event(rows, story.number)
    assert (left.event, left.text) == ("called_back", "客服已电话回访，您说问题已解决，评 5 分")
    assert (await story.see())["version"] == version
    assert [each["id"] for each in await agent("closed")] == [owed["id"]]
    assert (await call(story.agent, owed["id"], outcome="busy")).json()["code"] == "follow_up_closed"
    credited = await rows.fetchrow(
        "SELECT f.engineer_id, c.agent_id FROM follow_up_calls c JOIN follow_ups f ON f.id = c.follow_up_id"
    )
    assert tuple(credited) == (story.engineer.person.id, story.agent.person.id)
    assert await examine(rows) == []


async def test_two_colleagues_do_not_ring_the_same_customer(story: Story) -> None:
    other = story.manager
    await story.completed()
    story.clock.advance(hours=2)
    (owed,) = await listed(story.agent)("ready")
    await story.agent.post(f"/api/v1/follow-ups/{owed['id']}/take")
    assert await listed(other)("ready") == []
    for refused in (
        await other.post(f"/api/v1/follow-ups/{owed['id']}/take"),
        await call(other, owed["id"], outcome="busy"),
    ):
        assert (refused.status_code, refused.json()["code"]) == (409, "follow_up_taken")
    story.clock.advance(minutes=31)
    assert (await other.post(f"/api/v1/follow-ups/{owed['id']}/take")).status_code == 200


async def test_after_three_attempts_it_is_over(story: Story) -> None:
    await story.completed()
    (owed,) = await listed(story.agent)("open")
    for attempt, left in ((1, 2), (2, 1)):
        story.clock.advance(hours=5)
        tried = (await call(story.agent, owed["id"], outcome="no_answer")).json()
        assert (tried["state"], tried["attempts"], tried["attempts_left"]) == ("open", attempt, left)
        assert tried["next_at"] > story.clock.now.isoformat()
    ended = (await call(story.agent, owed["id"], outcome="unreachable")).json()
    assert (ended["state"], ended["attempts_left"]) == ("exhausted", 0)
    assert [each["outcome"] for each in ended["calls"]] == ["no_answer", "no_answer", "unreachable"]


async def test_a_repeated_request_is_one_attempt(story: Story) -> None:
    await story.completed()
    (owed,) = await listed(story.agent)("open")
    url, key = f"/api/v1/follow-ups/{owed['id']}/calls", {"Idempotency-Key": "one"}
    first = await story.agent.post(url, json={"outcome": "busy"}, headers=key)
    again = await story.agent.post(url, json={"outcome": "busy"}, headers=key)
    assert first.json() == again.json()
    assert again.json()["attempts"] == 1


async def test_who_does_not_want_calls_gets_none(story: Story, rows: asyncpg.Connection) -> None:
    await story.completed()
    (owed,) = await listed(story.agent)("open")
    assert (await call(story.agent, owed["id"], outcome="refused")).json()["state"] == "refused"
    assert (await story.customer.get("/api/v1/me/follow-up-calls")).json() == {"allowed": False}
    await story.step(story.customer, "dispute", **await valid(story, Event.DISPUTE))
    await reach(story, State.UNRESOLVED)
    assert await states(rows) == ["refused", "refused"]
    await story.customer.put("/api/v1/me/follow-up-calls", json={"allowed": True})
    assert (await story.customer.get("/api/v1/me/follow-up-calls")).json() == {"allowed": True}


async def test_a_wish_closes_what_is_owed(story: Story, rows: asyncpg.Connection) -> None:
    await story.completed()
    await story.customer.put("/api/v1/me/follow-up-calls", json={"allowed": False})
    assert await states(rows) == ["refused"]


async def test_whoever_disputes_or_has_praised_is_not_asked_as_well(
    story: Story, rows: asyncpg.Connection
) -> None:
    await story.completed()
    await story.step(story.customer, "dispute", **await valid(story, Event.DISPUTE))
    assert await states(rows) == ["withdrawn"]
    await story.completed()
    answer = await story.customer.put(f"/api/v1/tickets/{story.number}/rating", json=SCORES)
    assert answer.status_code == 200, answer.text
    assert await states(rows) == ["withdrawn", "withdrawn"]
    assert await examine(rows) == []


async def test_what_is_said_must_fit(story: Story) -> None:
    await story.completed()
    (owed,) = await listed(story.agent)("open")
    for said in (
        {"outcome": "reached"},
        {"outcome": "busy", "solved": True},
        {"outcome": "busy", "score": 3},
        {"outcome": "reached", "solved": False},
        {"outcome": "busy", "call_again_at": "2026-06-16T10:00:00+08:00"},
        {"outcome": "call_later", "call_again_at": "2026-06-01T10:00:00+08:00"},
    ):
        assert (await call(story.agent, owed["id"], **said)).status_code == 422, said


async def test_what_is_not_solved_is_a_complaint_at_once(story: Story, rows: asyncpg.Connection) -> None:
    await story.completed()
    (owed,) = await listed(story.agent)("open")
    said = await call(story.agent, owed["id"], outcome="reached", solved=False, note="晚上又不制冷了")
    assert said.json()["state"] == "reached"
    (case,) = (await story.manager.get("/api/v1/complaints")).json()["items"]
    assert (case["cause"], case["engineer"], case["steps"][0]["text"]) == (
        "unsolved_call",
        "陈师傅",
        "晚上又不制冷了",
    )
    told = (await story.customer.get(f"/api/v1/tickets/{story.number}/events")).json()["items"]
    assert [each["event"] for each in told[-2:]] == ["called_back", "complaint_opened"]
    assert await examine(rows) == []


async def test_a_call_that_is_late_goes_to_the_manager_once(
    story: Story, rows: asyncpg.Connection, new_watch: Callable[[], LevelWatch]
) -> None:
    await story.completed()
    (owed,) = await listed(story.agent)("open")
    story.clock.advance(hours=3)
    assert (await call(story.agent, owed["id"], outcome="no_answer")).status_code == 201
    told = []
    for hours in (20.9, 0.2, 5):
        story.clock.advance(hours=hours)
        while await new_watch().step():
            pass
        told.append(await rows.fetchval("SELECT count(*) FROM ticket_events WHERE event = 'call_late'"))
    assert told == [0, 1, 1]
    late = await rows.fetchrow("SELECT seq, text FROM ticket_events WHERE event = 'call_late'")
    assert late["text"] == "回访已到期，已拨打1次"
    pushed = await sent(rows, story.number, late["seq"])
    assert [each.recipient_id for each in pushed] == [str(story.manager.person.id)]
    assert [each["id"] for each in await listed(story.agent)("open")] == [owed["id"]]
    assert await examine(rows) == []

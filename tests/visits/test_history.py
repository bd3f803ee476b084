"""One ticket, several visits: each keeps its own times and says how it ended."""

from datetime import timedelta
from typing import Any

import asyncpg
import pytest
from httpx import Response

from app.domain.lifecycle import Event, State
from tests.harness.callers import Caller
from tests.tickets import bodies
from tests.tickets.story import Story
from tests.tickets.traces import last_event, running, sent
from tests.tickets.ways import reach, valid


async def visits(story: Story, who: Caller | None = None) -> list[dict[str, Any]]:
    answer: Response = await (who or story.customer).get(f"/api/v1/tickets/{story.number}/visits")
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def in_vain(story: Story, **call: Any) -> dict[str, Any]:
    """Nobody at home: with a photo of the door and two calls."""
    at = story.clock.now.isoformat()
    fields = {
        "attachment_ids": [await story.photo(story.engineer, "no_access")],
        "calls": [at, {"at": at} | call],
    }
    return await story.step(story.engineer, "no_access", **fields)


async def again(story: Story, *, days: int) -> None:
    """Another visit, and the engineer is on his way to it."""
    await story.step(story.customer, "book", window=bodies.window(story.clock.now, days=days))
    story.clock.advance(days=days)
    await story.step(story.engineer, "depart")


async def test_nothing_is_booked_yet(story: Story) -> None:
    await story.accepted()
    assert await visits(story) == []


# How a visit ends, from the state in which it does: its own state then, and whether somebody had come.
ENDS = [
    (State.SCHEDULED, "customer", Event.REBOOK, "rescheduled", False),
    (State.SCHEDULED, "agent", Event.REASSIGN, "cancelled", False),
    (State.SCHEDULED, "agent", Event.SUSPEND, "cancelled", False),
    (State.SCHEDULED, "customer", Event.CANCEL, "cancelled", False),
    (State.SCHEDULED, "agent", Event.ENGINEER_NO_SHOW, "engineer_no_show", False),
    (State.EN_ROUTE, "engineer", Event.NO_ACCESS, "no_access", False),
    (State.EN_ROUTE, "manager", Event.ABORT_VISIT, "cancelled", False),
    (State.ON_SITE, "manager", Event.ABORT_VISIT, "cancelled", True),
    (State.ON_SITE, "engineer", Event.NEED_PARTS, "done", True),
    (State.ON_SITE, "engineer", Event.FAIL, "done", True),
    (State.QUOTE_PENDING, "customer", Event.DECLINE_QUOTE, "done", True),
    (State.IN_REPAIR, "engineer", Event.FAIL, "done", True),
    (State.IN_REPAIR, "engineer", Event.FINISH, "done", True),
]


@pytest.mark.parametrize(("source", "who", "event", "state", "came"), ENDS)
async def test_a_visit_says_how_it_ended(
    source: State, who: str, event: Event, state: str, came: bool, story: Story, rows: asyncpg.Connection
) -> None:
    await reach(story, source)
    (open_visit,) = await visits(story)
    assert open_visit["ended"] is None
    fields = await valid(story, event)
    caller: Caller = getattr(story, who)

    await story.step(caller, event, **fields)

    ended = (await visits(story))[0]
    assert (ended["state"], ended["ended"]["event"]) == (state, event)
    assert ended["ended"]["text"] == (await last_event(rows, story.number)).text
    assert (ended["arrived_at"] is not None, ended["finished_at"] is not None) == (came, came)
    assert ended["window"] == open_visit["window"]


async def test_each_visit_keeps_its_own_times(story: Story) -> None:
    await story.on_site()
    came = story.clock.now
    due = (came + timedelta(days=2)).isoformat()
    await story.step(story.engineer, "need_parts", parts=[{"name": "主板"}], due_at=due)
    await story.step(story.agent, "parts_ready")
    await again(story, days=1)
    await story.step(story.engineer, "arrive", **bodies.HOME)

    first, second = await visits(story)

    assert [first["ended"]["event"], second["ended"]] == ["need_parts", None]
    assert first["arrived_at"] == first["finished_at"] == came.isoformat()
    assert second["arrived_at"] == story.clock.now.isoformat()
    assert second["finished_at"] is None
    assert second["window"]["start"] > first["window"]["end"]
    assert [first["on_time"], second["on_time"]] == [True, True]


async def test_a_closed_door_is_shown_with_its_calls_and_photo(story: Story) -> None:
    await reach(story, State.EN_ROUTE)
    await in_vain(story, phone="13912345678", seconds=12, result="busy")

    (missed,) = await visits(story)

    assert (missed["label"], missed["on_time"]) == ("到访未遇", None)
    told = [(call["phone_masked"], call["seconds"], call["result"], call["text"]) for call in missed["calls"]]
    assert told == [("138****8000", 0, "no_answer", "无人接听"), ("139****5678", 12, "busy", "占线")]
    (photo,) = missed["attachments"]
    assert (await story.customer.get(photo["url"])).status_code == 200


async def test_the_resolution_rests_until_another_visit_is_agreed(
    story: Story, rows: asyncpg.Connection
) -> None:
    await reach(story, State.EN_ROUTE)
    missed = await in_vain(story)
    assert (missed["state"], missed["visit"]) == ("accepted", None)
    assert await running(rows, story.number) == {"resolution": "pause", "legal": "run"}
    await story.step(story.customer, "book", window=bodies.window(story.clock.now, days=1))
    assert await running(rows, story.number) == {"resolution": "run", "legal": "run"}


async def test_the_third_closed_door_is_the_managers(story: Story, rows: asyncpg.Connection) -> None:
    await reach(story, State.EN_ROUTE)
    manager = str(story.manager.person.id)
    for time in (1, 2, 3):
        await in_vain(story)
        left = await last_event(rows, story.number)
        told = [
            push.slots["hint"]
            for push in await sent(rows, story.number, left.seq)
            if push.recipient_id == manager
        ]
        assert told == (["已第3次上门未遇，请与客户联系"] if time == 3 else [])
        if time < 3:
            await again(story, days=1)
    assert [visit["state"] for visit in await visits(story)] == ["no_access"] * 3


async def test_a_closed_door_is_no_wish_for_another_engineer(story: Story, rows: asyncpg.Connection) -> None:
    """The time that failed is not kept as the customer's wish when somebody else is sent."""
    await reach(story, State.EN_ROUTE)
    await in_vain(story)
    moved = await story.step(story.agent, "reassign", reason="请假")
    assert moved["preferred_windows"] == []
    assert await running(rows, story.number) == {"response": "run", "resolution": "run", "legal": "run"}


@pytest.mark.parametrize("who", ["engineer", "agent"])
async def test_the_customer_hears_from_when_to_when(who: str, story: Story, rows: asyncpg.Connection) -> None:
    await story.scheduled()
    window = bodies.window(story.clock.now, days=1)
    await story.step(getattr(story, who), "rebook", window=window, reason_code="engineer_delayed")
    left = await last_event(rows, story.number)
    assert left.data["reason_code"] == "engineer_delayed"
    assert left.text == "上门时间由6月15日 14:00–16:00改为：6月16日 14:00–16:00"
    (told,) = [push for push in await sent(rows, story.number, left.seq) if push.recipient == "customer"]
    assert (told.slots["hint"], told.slots["time"]) == (
        "原6月15日14:00改为此时间",
        "2026年6月16日 14:00~16:00",
    )


async def test_whoever_may_not_see_the_ticket_sees_none_of_its_visits(story: Story, stranger: Caller) -> None:
    await story.scheduled()
    assert (await stranger.get(f"/api/v1/tickets/{story.number}/visits")).status_code == 404
    (mine,), (theirs,) = await visits(story), await visits(story, story.agent)
    assert mine["planned"] is None
    assert theirs["planned"]["start"] >= mine["window"]["start"]

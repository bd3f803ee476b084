"""Each row of the life cycle through HTTP: what it needs, what it leaves behind, and whom it refuses."""

import re
from datetime import datetime
from typing import Any

import asyncpg
import pytest

from app.domain.lifecycle import (
    TRANSITIONS,
    ClockMode,
    Event,
    Role,
    State,
    Transition,
    clock_modes,
    step,
    steps,
)
from app.services.operations.doctor import examine
from tests.harness.callers import Caller
from tests.tickets.story import Story
from tests.tickets.traces import counts, last_event, running, sent
from tests.tickets.ways import caller, reach, valid

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")
PEOPLE = (Role.CUSTOMER, Role.ENGINEER, Role.AGENT, Role.MANAGER)
BY_PEOPLE = [(t, role) for t in TRANSITIONS if t.source is not None for role in PEOPLE if role in t.roles]
AFTER_SUBMISSION = [t for t in TRANSITIONS if t.source is not None]


def named(value: object) -> str | None:
    return f"{value.event}-from-{value.source}" if isinstance(value, Transition) else None


@pytest.mark.parametrize(("taken", "role"), BY_PEOPLE, ids=named)
async def test_an_event_leaves_everything_it_must(
    taken: Transition, role: Role, story: Story, rows: asyncpg.Connection
) -> None:
    assert taken.source
    await reach(story, taken.source)
    fields = await valid(story, taken.event)
    before = await story.see(story.agent)
    if role is Role.CUSTOMER and (taken.source, taken.event) == (State.WAITING_PARTS, Event.CANCEL):
        await refused_for_ordered_parts(story, fields)
        return
    if role is Role.AGENT and (taken.source, taken.event) == (State.WAITING_PARTS, Event.CANCEL):
        refused = await story.ask(story.agent, "cancel", **fields)
        assert (refused.json()["code"], refused.json()["msg"]) == ("blocked", "配件已订购，请由主管取消。")
        return

    answer = await story.step(caller(story, role), taken.event, **fields)

    assert (answer["state"], answer["version"]) == (taken.target, before["version"] + 1)
    assert answer["promise"]
    left = await last_event(rows, story.number)
    assert (left.event, left.from_state, left.state) == (taken.event, taken.source, taken.target)
    assert (left.actor_role, bool(left.text)) == (role, True)
    modes = {
        clock.value: mode.value
        for clock, mode in clock_modes(taken.target, nobody_home=taken.event is Event.NO_ACCESS).items()
    }
    assert await running(rows, story.number) == {c: m for c, m in modes.items() if m != ClockMode.STOP}
    customers = [s for s in await sent(rows, story.number, left.seq) if s.recipient == "customer"]
    assert customers[0].kind == "ticket_progress"
    assert [s.kind for s in customers].count("ticket_progress") == 1
    await allowed_as_the_table_says(story, taken.target)
    await answered_as_read(caller(story, role), story.number, answer)
    assert await examine(rows) == []


async def refused_for_ordered_parts(story: Story, fields: dict[str, Any]) -> None:
    answer = await story.ask(story.customer, "cancel", **fields)
    assert (answer.json()["code"], answer.json()["msg"]) == ("blocked", "配件已订购，请联系客服取消。")


async def allowed_as_the_table_says(story: Story, state: State) -> None:
    for role in PEOPLE:
        seen = await caller(story, role).get(f"/api/v1/tickets/{story.number}")
        if seen.status_code == 404:
            assert role is Role.ENGINEER
            continue
        events = {allowed["event"] for allowed in seen.json()["allowed_events"]}
        table = {t.event.value for t in steps(state, role)}
        assert events <= table if role is Role.ENGINEER else events == table


async def answered_as_read(who: Caller, number: str, answer: dict[str, Any]) -> None:
    read = await who.get(f"/api/v1/tickets/{number}")
    if read.status_code == 404:
        # A job that he gave back is seen by an engineer only when he worked on it or may claim it.
        assert answer["engineer"] is None
        return
    assert comparable(answer) == comparable(read.json())


def comparable(ticket: dict[str, Any]) -> Any:
    photos = sorted(ticket["attachments"], key=lambda photo: str(photo["id"]))
    return instants(ticket | {"attachments": photos})


def instants(value: Any) -> Any:
    """The same moment may be written in the zone of whoever said it."""
    if isinstance(value, dict):
        return {key: instants(each) for key, each in value.items()}
    if isinstance(value, list):
        return [instants(each) for each in value]
    return datetime.fromisoformat(value) if isinstance(value, str) and MOMENT.match(value) else value


@pytest.mark.parametrize("taken", AFTER_SUBMISSION, ids=named)
async def test_nobody_else_may_and_nobody_on_a_stale_version(
    taken: Transition, story: Story, stranger: Caller, colleague: Caller, rows: asyncpg.Connection
) -> None:
    assert taken.source
    await reach(story, taken.source)
    fields = await valid(story, taken.event)
    before, seen = await counts(rows), await story.see(story.agent)
    wrong = [(caller(story, role), {403, 404}) for role in PEOPLE if role not in taken.roles]
    wrong += [(stranger, {404})]
    if taken.event is not Event.CLAIM:
        wrong += [(colleague, {403, 404})]
    for who, statuses in wrong:
        answer = await story.ask(who, taken.event, **fields)
        assert answer.status_code in statuses, answer.text
        assert answer.json()["msg"]
    for version in {seen["version"] + 1, max(seen["version"] - 1, 1)} - {seen["version"]}:
        answer = await story.ask(story.agent, taken.event, **fields | {"version": version})
        assert (answer.status_code, answer.json()["code"]) == (409, "stale_version")
        assert (answer.json()["version"], answer.json()["state"]) == (seen["version"], seen["state"])
    assert await counts(rows) == before
    assert await story.see(story.agent) == seen


@pytest.mark.parametrize("state", list(State))
async def test_what_the_table_does_not_know_is_refused(
    state: State, story: Story, rows: asyncpg.Connection
) -> None:
    await reach(story, state)
    impossible = [event for event in Event if step(state, event) is None]
    said = {event: await fields_of(story, event) for event in impossible}
    before = await counts(rows)
    for event in impossible:
        answer = await story.ask(story.agent, event, **said[event])
        assert (answer.status_code, answer.json()["code"]) == (409, "event_not_possible"), event
        assert answer.json()["state"] == state
    assert await counts(rows) == before


async def fields_of(story: Story, event: Event) -> dict[str, Any]:
    """Valid words without the deeds that would need a living job."""
    photo = "00000000-0000-4000-8000-000000000000"
    match event:
        case Event.NO_ACCESS:
            now = story.clock.now.isoformat()
            return {"attachment_ids": [photo], "calls": [now, now]}
        case Event.DISPUTE:
            return {"reason": "还是不行", "attachment_ids": [photo]}
        case Event.FINISH:
            return {"fault_code": "F", "solution": "修好了", "old_parts": "none", "charge_fen": 0}
        case Event.START | Event.ENGINEER_NO_SHOW:
            return {}
        case Event.DECLINE_VARIATION:
            return {"quote_version": 1}
        case Event.MERGE:
            return {"into": "HX000000"}
    return await valid(story, event)

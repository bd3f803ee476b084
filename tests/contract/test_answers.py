"""The hot paths write their JSON by hand; whatever they write is what their declared model says, and no more."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from pydantic import BaseModel, TypeAdapter

from app.domain.lifecycle import State
from app.schemas import tickets
from app.schemas.common import Output
from app.schemas.tickets import TicketOut, TicketPage, Timeline
from tests.harness.callers import Caller
from tests.tickets import bodies
from tests.tickets.story import SCORES, Story


def exact(model: type[BaseModel], document: dict[str, Any]) -> None:
    """Valid under the model, and with the same members at every depth: nothing is missing, nothing leaks."""
    parsed = TypeAdapter(model).validate_python(document)
    assert members(parsed.model_dump(mode="json")) == members(document)


def members(value: object, path: str = "") -> set[str]:
    if isinstance(value, dict):
        return {
            name for key, item in value.items() for name in {f"{path}.{key}", *members(item, f"{path}.{key}")}
        }
    if isinstance(value, list):
        return {name for item in value for name in members(item, f"{path}[]")}
    return set()


async def pending_info(story: Story) -> None:
    await story.submit()
    await story.step(story.agent, "ask_info", items=["铭牌照片"])


async def dispatching(story: Story) -> None:
    await story.submit()
    await story.step(story.agent, "triage")


async def en_route(story: Story) -> None:
    await story.scheduled()
    await story.step(story.engineer, "depart")


async def quote_pending(story: Story) -> None:
    await story.on_site()
    await story.step(story.engineer, "quote", lines=[{"code": "AC-GAS", "quantity": 2}])


async def waiting_parts(story: Story) -> None:
    await story.in_repair()
    due = (story.clock.now + timedelta(days=2)).isoformat()
    await story.step(story.engineer, "need_parts", parts=[{"name": "压缩机"}], due_at=due)


async def suspended(story: Story) -> None:
    await story.accepted()
    back = (story.clock.now + timedelta(days=2)).isoformat()
    await story.step(story.agent, "suspend", reason_code="customer_away", resume_at=back)


async def confirmed(story: Story) -> None:
    await story.completed()
    await story.step(story.customer, "confirm")


async def closed(story: Story) -> None:
    await story.completed()
    answer = await story.customer.put(f"/api/v1/tickets/{story.number}/rating", json=SCORES)
    assert answer.status_code == 200


async def cancelled(story: Story) -> None:
    await story.submit()
    await story.step(story.customer, "cancel", reason_code="changed_mind")


async def rejected(story: Story) -> None:
    await story.submit()
    await story.step(story.agent, "reject", reason_code="out_of_area")


async def unresolved(story: Story) -> None:
    await story.on_site()
    await story.step(story.engineer, "fail", reason_code="beyond_repair")


async def merged(story: Story) -> None:
    first = await story.submit()
    await story.submit()
    await story.step(story.agent, "merge", into=first["number"])


# What each walk leaves behind: a story as it stands when its ticket is in that state.
WALKS: dict[State, Callable[[Story], Awaitable[object]]] = {
    State.SUBMITTED: lambda story: story.submit(
        preferred_windows=[bodies.window(story.clock.now, days=1)], serial_number="SN-77"
    ),
    State.PENDING_INFO: pending_info,
    State.DISPATCHING: dispatching,
    State.OFFERED: Story.offered,
    State.ACCEPTED: Story.accepted,
    State.SCHEDULED: Story.scheduled,
    State.EN_ROUTE: en_route,
    State.ON_SITE: Story.on_site,
    State.QUOTE_PENDING: quote_pending,
    State.IN_REPAIR: Story.in_repair,
    State.WAITING_PARTS: waiting_parts,
    State.SUSPENDED: suspended,
    State.COMPLETED: Story.completed,
    State.CONFIRMED: confirmed,
    State.CLOSED: closed,
    State.CANCELLED: cancelled,
    State.REJECTED: rejected,
    State.UNRESOLVED: unresolved,
    State.MERGED: merged,
}


def test_every_state_has_its_walk() -> None:
    assert set(WALKS) == set(State)


def test_every_member_of_the_models_is_required() -> None:
    """An output with a default would let a hand-written answer forget it."""
    models = [m for m in vars(tickets).values() if isinstance(m, type) and issubclass(m, Output)]
    optional = [
        f"{m.__name__}.{name}"
        for m in models
        for name, field in m.model_fields.items()
        if not field.is_required()
    ]
    assert optional == []


@pytest.mark.parametrize("state", WALKS)
async def test_every_answer_is_what_its_model_says(
    story: Story, as_manager: Caller, as_admin: Caller, state: State
) -> None:
    await WALKS[state](story)
    seen = 0
    for who in (story.customer, story.engineer, story.agent, as_manager, as_admin):
        answer = await who.get(f"/api/v1/tickets/{story.number}")
        page = (await who.get("/api/v1/tickets")).json()
        exact(TicketPage, page)
        if answer.status_code == 404:
            assert who is story.engineer
            continue
        seen += 1
        exact(TicketOut, answer.json())
        assert answer.json()["state"] == state
        assert story.number in [item["number"] for item in page["items"]]
        timeline = (await who.get(f"/api/v1/tickets/{story.number}/events")).json()
        exact(Timeline, timeline)
        assert timeline["items"][-1]["state"] == state
    assert seen >= 4


async def test_pages_follow_each_other_without_gap_or_repeat(story: Story) -> None:
    numbers = [(await story.submit())["number"] for _ in range(5)]
    found: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        query = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = (await story.customer.get("/api/v1/tickets", params=query)).json()
        exact(TicketPage, page)
        found += [item["number"] for item in page["items"]]
        cursor = page["next_cursor"]
    assert found == numbers[::-1]

"""Every event in every state times every caller: the table of the life cycle is what HTTP enforces."""

from itertools import cycle

import pytest
from httpx import Response
from sqlalchemy import text

from app.domain.lifecycle import TRANSITIONS, Event, State, Transition, step
from tests.authorisation.steps import body_of
from tests.authorisation.table import WHO
from tests.authorisation.world import NO_SUCH_TICKET, World, told

# Who is who to the life cycle. "engineer" has accepted the ticket; nobody here is the system.
ROLES = {
    "owner": "customer",
    "engineer": "engineer",
    "agent": "agent",
    "manager": "manager",
    "admin": "admin",
}
UNSEEN = {"anonymous": 401, "disabled": 401, "stranger": 404, "outsider": 404, "contractor": 404}
# His by his offer alone, and this one was decided long ago.
BY_OFFER = {Event.ACCEPT, Event.DECLINE}


def may_cause(t: Transition) -> set[str]:
    """Who gets past the role and the owner."""
    roles = {role.value for role in t.roles}
    his_by_offer = {"engineer"} if t.event in BY_OFFER else set()
    return {who for who, role in ROLES.items() if role in roles} - his_by_offer


async def put_into(world: World, state: State) -> None:
    """No way leads through all states at once, and this is about who may knock, not about what then happens."""
    await world.connection.execute(
        text("UPDATE tickets SET state = :state WHERE number = :number"),
        {"state": state.value, "number": world.number},
    )


async def cause(world: World, who: str, event: Event, number: str | None = None) -> Response:
    body = body_of(event, world.story.clock.now, await world.version())
    return await world.callers[who].post(f"/api/v1/tickets/{number or world.number}/transitions", json=body)


@pytest.mark.parametrize("state", State)
async def test_each_event_is_for_those_whom_the_life_cycle_names(world: World, state: State) -> None:
    await put_into(world, state)
    wrong = {}
    for t in TRANSITIONS:
        for who in WHO if t.source is state else ():
            async with world.undone():
                status = (await cause(world, who, t.event)).status_code
            if not fits(who, status, may_cause(t)):
                wrong[t.event.value, who] = status
    assert wrong == {}


def fits(who: str, status: int, may: set[str]) -> bool:
    if who in UNSEEN:
        return status == UNSEEN[who]
    return status in (200, 409, 422) if who in may else status == 403


@pytest.mark.parametrize("state", State)
async def test_what_the_life_cycle_does_not_know_is_a_conflict_for_everybody(
    world: World, state: State
) -> None:
    await put_into(world, state)
    callers = cycle(ROLES)
    for event in Event:
        if step(state, event) is None:
            who = next(callers)
            answer = await cause(world, who, event)
            assert (answer.status_code, answer.json()["code"]) == (409, "event_not_possible"), (event, who)


@pytest.mark.parametrize("who", ["stranger", "outsider", "contractor"])
async def test_no_event_tells_a_ticket_of_others_from_none(world: World, who: str) -> None:
    for event in Event:
        answers = [await cause(world, who, event, number) for number in (world.number, NO_SUCH_TICKET)]
        assert told(answers[0]) == told(answers[1]), event
        assert answers[0].status_code == 404, event


async def test_whoever_worked_elsewhere_sees_the_pool_of_his_own_trade_only(world: World) -> None:
    await put_into(world, State.DISPATCHING)
    answer = await world.callers["outsider"].get(f"/api/v1/tickets/{world.number}")
    assert answer.status_code == 404
    assert (await cause(world, "outsider", Event.CLAIM)).status_code == 404

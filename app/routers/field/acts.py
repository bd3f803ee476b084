"""What an engineer does at a job. Each form works by itself, and may come later from the queue of the phone."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated

import asyncpg
from fastapi import Depends, Form, Request
from fastapi.responses import Response

from app.domain.lifecycle import Event, Role
from app.edge.routes import Routes
from app.errors import InvalidInput, Problem
from app.pages.problem import FIELD
from app.routers.dependencies import require_of_ticket
from app.routers.event_forms import FormInvalid
from app.routers.field.bodies import body_from, quote_from, typed
from app.routers.field.screen import screen
from app.routers.field.sent import Act, ActDep
from app.routers.refused import MENDABLE, Refused, refusal
from app.schemas.conversations import MessageIn
from app.schemas.parts import ReservationIn, ReservationLine
from app.schemas.transitions import TransitionIn
from app.services.conversations.write import write_message
from app.services.parts.reserve import reserve_parts
from app.services.tickets.load import load
from app.services.tickets.once import Done, do_once
from app.services.tickets.transition import transition

router = Routes(
    prefix=f"{FIELD}/tickets/{{number}}",
    include_in_schema=False,
    dependencies=[Depends(require_of_ticket(Role.ENGINEER))],
)

Version = Annotated[int, Form(ge=1, le=2**31)]


@router.post("/events/{event}")
async def cause_event(event: Event, request: Request, act: ActDep, version: Version) -> Response:
    """A form that cannot be carried out comes back as it was, with what to do about it."""
    form = await request.form()

    async def cause(connection: asyncpg.Connection) -> Done:
        s = await load(connection, act.number, act.actor)
        return await _step(connection, act, body_from(event, version, form, s, act.done_at))

    return await carried_out(act, cause, f"event-{event}", typed(form), "done", event)


@router.post("/quote")
async def send_quote(request: Request, act: ActDep, version: Version) -> Response:
    """Of the published price table; a quote that came back from the manager is sent anew."""
    form = await request.form()

    async def send(connection: asyncpg.Connection) -> Done:
        s = await load(connection, act.number, act.actor)
        return await _step(connection, act, quote_from(version, form, s))

    return await carried_out(act, send, "quote", typed(form), "quoted")


@router.post("/reservations")
async def hold_part(
    act: ActDep,
    part_code: Annotated[str, Form(max_length=60)],
    quantity: Annotated[int, Form(ge=1, le=99)] = 1,
) -> Response:
    """A part of his van or of his service point, for this job."""
    said = {"part_code": part_code, "quantity": str(quantity)}

    async def hold(connection: asyncpg.Connection) -> Done:
        body = ReservationIn(lines=[ReservationLine(part_code=part_code, quantity=quantity)])
        unkeyed = act.once("unkeyed", said).of_nothing()
        await reserve_parts(connection, act.number, body, once=unkeyed, now=act.now)
        return Done()

    return await carried_out(act, hold, "reserve", said, "held")


@router.post("/messages")
async def leave_note(act: ActDep, text: Annotated[str, Form(max_length=2000)] = "") -> Response:
    """A word to the customer, which stays with the ticket."""

    async def say(connection: asyncpg.Connection) -> Done:
        if not text.strip():
            raise FormInvalid({"": "请先写下要说的话，再点“发给客户”。"})
        unkeyed = act.once("unkeyed", {}).of_nothing()
        body = MessageIn(text=text)
        await write_message(connection, act.number, body, once=unkeyed, sign_url=act.sign_url, now=act.now)
        return Done()

    return await carried_out(act, say, "message", {"text": text}, "noted")


async def carried_out(
    act: Act,
    do: Callable[[asyncpg.Connection], Awaitable[Done]],
    kind: str,
    said: Mapping[str, str],
    words: str,
    event: str = "",
) -> Response:
    """Once for its key. A refusal is told to the queue, and otherwise on the page with what was typed."""
    try:
        async with act.connection() as connection:
            done = await do_once(connection, act.once(kind, said), act.now, lambda: do(connection))
    except FormInvalid as invalid:
        if act.queued:
            return await act.refusal(InvalidInput("；".join(invalid.errors.values())))
        return await again(act, Refused(event, said, invalid.errors))
    except Problem as problem:
        if act.queued:
            return await act.refusal(problem)
        if not isinstance(problem, MENDABLE):
            raise
        return await again(act, refusal(event, said, problem, ()))
    return act.answer(words, done)


async def again(act: Act, refused: Refused) -> Response:
    async with act.connection() as connection:
        return await screen(
            connection, act.number, act.actor, act.now, act.sign_url, refused=refused, map_link=act.map_link
        )


async def _step(connection: asyncpg.Connection, act: Act, body: TransitionIn) -> Done:
    after = await transition(connection, act.number, body, actor=act.actor, now=act.now, ago=act.ago)
    return Done(after.version)

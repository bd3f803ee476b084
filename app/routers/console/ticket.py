"""Everything about one ticket on one screen, and all that the desk may do to it."""

from datetime import datetime
from functools import partial
from typing import Annotated
from uuid import UUID

import asyncpg
from fastapi import Depends, Form, Path, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import ValidationError

from app.domain.actor import Actor
from app.domain.conversation.words import LONGEST
from app.domain.lifecycle import ENDS, Event, Role
from app.domain.situation import PRIORITY_LABELS, SERVICE_LABELS, WARRANTY_LABELS, Situation
from app.edge.given import Now, ReaderDep, StatementDep, WriterDep
from app.edge.routes import Routes
from app.errors import InvalidInput
from app.pages.problem import CONSOLE
from app.routers.console.shell import DESK, back, show
from app.routers.dependencies import ActorDep, NetworkDep, PhotoUrlsDep, require_of_ticket
from app.routers.event_steps import Step, cause, lost, steps_of, windows_of
from app.routers.forms import number as counted
from app.routers.forms import read, typed_in, whole
from app.routers.refused import MENDABLE_AT_DESK, NOTHING, Refused, refusal
from app.routers.tickets import Number
from app.schemas.conversations import MessageIn
from app.schemas.membership import CorrectionIn, CorrectionOut
from app.schemas.rules import BanIn
from app.schemas.visits import WaiverIn
from app.services.conversations.read import page as conversation_page
from app.services.conversations.write import write_message
from app.services.customers.bans import ban, lift_ban, read_bans
from app.services.dispatch.candidates import candidates, demand
from app.services.dispatch.explain import explain as dispatch_of
from app.services.idempotency import Once, fingerprint
from app.services.membership.correct import correct
from app.services.membership.look import membership_of
from app.services.promises.history import promises_of
from app.services.routing.desk import routes_of
from app.services.service_levels.explain import explain as level_of
from app.services.tickets.load import load
from app.services.tickets.present import SignUrl, present
from app.services.tickets.reveal import reveal_contact
from app.services.tickets.timeline import merged_timelines, timeline
from app.services.visits.empty_trip import waive_empty_trip
from app.services.visits.history import visits_of

router = Routes(
    prefix=f"{CONSOLE}/tickets/{{number}}",
    include_in_schema=False,
    dependencies=[Depends(require_of_ticket(*DESK))],
)


_LAST_POINTS = 5


@router.get("")
async def ticket_page(
    number: Number,
    actor: ActorDep,
    connection: ReaderDep,
    urls: PhotoUrlsDep,
    now: Now,
    said: str = "",
) -> HTMLResponse:
    return await _screen(connection, number, actor, now, urls.signer(now), said=said)


@router.post("/events/{event}")
async def cause_event(
    number: Number,
    event: Event,
    request: Request,
    actor: ActorDep,
    connection: StatementDep,
    urls: PhotoUrlsDep,
    now: Now,
    version: Annotated[int, Form(ge=1, le=2**31)],
) -> Response:
    """A form that cannot be carried out comes back as it was, with what to do about it: that page is the answer."""
    typed = await typed_in(request)
    refused = await cause(connection, number, event, version, typed, actor=actor, now=now)
    if not refused:
        return back(f"tickets/{number}")
    return await _screen(connection, number, actor, now, urls.signer(now), refused=refused)


@router.post("/messages")
async def say(
    number: Number,
    actor: ActorDep,
    connection: WriterDep,
    urls: PhotoUrlsDep,
    now: Now,
    text: Annotated[str, Form(max_length=LONGEST)] = "",
    key: Annotated[str | None, Form(max_length=64, pattern=r"^[\x21-\x7e]+$")] = None,
) -> RedirectResponse:
    try:
        body = MessageIn(text=text)
    except ValidationError as error:
        raise InvalidInput.at("body.text", "请输入要说的话。", "missing") from error
    once = Once("messages", actor, key, fingerprint(body, number))
    await write_message(connection, number, body, once=once, sign_url=urls.signer(now), now=now)
    return back(f"tickets/{number}", "sent")


@router.post("/contact")
async def show_contact(
    number: Number,
    actor: ActorDep,
    connection: WriterDep,
    urls: PhotoUrlsDep,
    network: NetworkDep,
    now: Now,
    reason: Annotated[str, Form(max_length=200)] = "",
) -> HTMLResponse:
    """The number, once: who looked and why is written down."""
    if not reason.strip():
        raise InvalidInput.at("body.reason", "请填写查看电话的原因。", "missing")
    contact = await reveal_contact(
        connection, number, reason=reason.strip(), actor=actor, network=network, now=now
    )
    return await _screen(connection, number, actor, now, urls.signer(now), phone=contact.phone)


@router.post("/ban")
async def never_again(
    number: Number,
    actor: ActorDep,
    connection: WriterDep,
    now: Now,
    engineer_id: Annotated[UUID, Form()],
    reason: Annotated[str, Form(max_length=200)] = "",
) -> RedirectResponse:
    """The customer does not want him any more: he is offered nothing of hers, and what is booked is planned anew."""
    s = await load(connection, number, actor)
    await ban(
        connection, s.customer_id, str(engineer_id), read(BanIn, {"reason": reason}), actor=actor, now=now
    )
    return back(f"tickets/{number}", "changed")


@router.post("/unban")
async def he_may_come(
    number: Number, actor: ActorDep, connection: WriterDep, now: Now, engineer_id: Annotated[UUID, Form()]
) -> RedirectResponse:
    s = await load(connection, number, actor)
    await lift_ban(connection, s.customer_id, str(engineer_id), actor=actor, now=now)
    return back(f"tickets/{number}", "changed")


@router.post(
    "/empty-trips/{trip_id}/waiver", dependencies=[Depends(require_of_ticket(Role.MANAGER, Role.ADMIN))]
)
async def waive_trip(
    number: Number,
    trip_id: Annotated[int, Path(ge=1, lt=2**63)],
    actor: ActorDep,
    connection: WriterDep,
    now: Now,
    reason: Annotated[str, Form(max_length=200)] = "",
) -> RedirectResponse:
    """The customer is let off the fee for a visit in vain, and told why."""
    body = read(WaiverIn, {"reason": reason.strip()})
    once = Once("empty-trip-waivers", actor, None, b"")
    await waive_empty_trip(connection, number, trip_id, body, once=once, now=now)
    return back(f"tickets/{number}", "done")


@router.post("/points", dependencies=[Depends(require_of_ticket(Role.MANAGER, Role.ADMIN))])
async def correct_points(
    number: Number, request: Request, actor: ActorDep, connection: WriterDep, urls: PhotoUrlsDep, now: Now
) -> Response:
    """The customer's points set right; the reason is his to read."""
    typed = await typed_in(request)
    s = await load(connection, number, actor)
    try:
        said = {"change": counted(typed.get("change", "")), "reason": typed.get("reason", "")}
        body = read(CorrectionIn, said)
        once = Once("points", actor, typed.get("key") or None, fingerprint(body, s.customer_id))
        work = partial(correct, connection, UUID(s.customer_id), body, actor=actor, now=now)
        async with whole(connection):
            await once.give(connection, now, CorrectionOut, work)
    except MENDABLE_AT_DESK as problem:
        wrong = refusal("points", typed, problem)
        return await _screen(connection, number, actor, now, urls.signer(now), wrong=wrong)
    return back(f"tickets/{number}", "changed")


async def _screen(
    connection: asyncpg.Connection,
    number: str,
    actor: Actor,
    now: datetime,
    sign_url: SignUrl,
    *,
    said: str = "",
    refused: Refused = NOTHING,
    wrong: Refused | None = None,
    phone: str = "",
) -> HTMLResponse:
    s = await load(connection, number, actor)
    steps = steps_of(s, actor, now)
    talk = await conversation_page(connection, s.id, actor, sign_url, limit=50)
    return show(
        "tickets/one",
        actor,
        said=said,
        ticket=present(s, actor, now, sign_url),
        service=SERVICE_LABELS[s.service_type],
        priority_label=PRIORITY_LABELS[s.priority],
        warranty_label=WARRANTY_LABELS[s.warranty],
        steps=steps,
        refused=refused,
        lost=lost(refused, steps),
        people=await _people(connection, s, steps, now),
        slots=await windows_of(connection, s, steps, now),
        talk=talk["items"],
        may_write=s.state not in ENDS,
        events=await timeline(connection, number, actor),
        merged=await merged_timelines(connection, number, actor),
        level=await level_of(connection, number, actor=actor, now=now),
        dispatch=await dispatch_of(connection, number, actor=actor, now=now),
        routes=(await routes_of(connection, number, actor=actor)).items,
        engineer_id=s.engineer.id if s.engineer else "",
        engineer_name=s.engineer.name if s.engineer else "",
        member=await membership_of(
            connection, s.customer_id, now=now, points=actor.points, limit=_LAST_POINTS
        ),
        wrong=wrong or Refused(),
        bans=(await read_bans(connection, s.customer_id)).items,
        trips=[each for each in await visits_of(connection, number, actor, sign_url) if each["empty_trip"]],
        promises=(await promises_of(connection, number, actor=actor, now=now)).items,
        phone=phone,
        key=f"{s.number}-{s.version}-{len(talk['items'])}",
    )


async def _people(
    connection: asyncpg.Connection, s: Situation, steps: list[Step], now: datetime
) -> list[tuple[str, str]]:
    """Whom the work rules let go; asked for only when somebody may be sent."""
    if not any(step.event is Event.OFFER for step in steps):
        return []
    wanted = await demand(connection, s, now)
    found = await candidates(connection, wanted) if wanted else []
    return sorted({each.engineer_id: each.name for each in found}.items(), key=lambda pair: pair[1])

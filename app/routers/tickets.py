"""The ticket as a resource: report, follow, move on, urge, rate."""

from dataclasses import asdict
from typing import Annotated, Any

import orjson
from fastapi import Body, Depends, Header, Path, Query, Request, Response
from fastapi.responses import StreamingResponse

from app.domain.lifecycle import Role, State
from app.edge.given import Now, ReaderDep, StatementDep, WriterDep
from app.edge.routes import Routes
from app.routers.answers import answer
from app.routers.dependencies import (
    SIGNED_IN,
    ActorDep,
    CredentialDep,
    IdempotencyKey,
    NetworkDep,
    PhotoUrlsDep,
    SettingsDep,
    require_of_ticket,
)
from app.schemas.dispatch import DispatchOut, SlotsOut
from app.schemas.tickets import (
    NewTicket,
    RatingIn,
    RatingOut,
    RevealIn,
    RevealOut,
    SimilarList,
    SplitIn,
    TicketOut,
    TicketPage,
    Timeline,
    UrgingIn,
    UrgingOut,
)
from app.schemas.transitions import TransitionIn
from app.services.dispatch.explain import explain
from app.services.dispatch.slots import recommend_slots
from app.services.idempotency import Once, fingerprint
from app.services.ratings.rate import rate_ticket
from app.services.sessions.actor import actor_of
from app.services.tickets.first_page import FIRST, FirstPages
from app.services.tickets.list_tickets import Page, list_tickets
from app.services.tickets.look import Looks
from app.services.tickets.present import present
from app.services.tickets.reveal import reveal_contact
from app.services.tickets.similar import find_similar
from app.services.tickets.split import split_ticket
from app.services.tickets.stream import TicketStream
from app.services.tickets.submit import submit_for
from app.services.tickets.timeline import merged_timelines, timeline
from app.services.tickets.transition import transition
from app.services.urgings.urge import urge

router = Routes(prefix="/api/v1/tickets", tags=["tickets"])

Number = Annotated[str, Path(max_length=40, pattern=r"^[0-9A-Za-z]+$", description="The ticket's number.")]


@router.get("/{number}", response_model=TicketOut, openapi_extra=SIGNED_IN)
async def read_ticket(number: Number, credential: CredentialDep, request: Request) -> Response:
    """Where the ticket stands, the promised time, and what the caller may do next."""
    state, now = request.app.state, credential.now
    looks: Looks = state.looks
    actor, found = await looks.look(number, credential)
    return answer(present(found, actor, now, state.photo_urls.signer(now)))


@router.get("", response_model=TicketPage, openapi_extra=SIGNED_IN)
async def read_tickets(
    credential: CredentialDep,
    request: Request,
    cursor: Annotated[str | None, Query(max_length=40)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    state: State | None = None,
) -> Response:
    """What the caller may see, newest first."""
    page = Page(cursor, limit, state)
    if page == FIRST:
        pages: FirstPages = request.app.state.first_pages
        found = await pages.of(credential)
    else:
        async with request.app.state.database.reads.acquire() as connection:
            found = await list_tickets(connection, await actor_of(connection, credential), page)
    return answer({"items": [*map(orjson.Fragment, found.items)], "next_cursor": found.next_cursor})


@router.post(
    "",
    status_code=201,
    response_model=TicketOut,
    openapi_extra=SIGNED_IN,
)
async def create_ticket(
    body: NewTicket, credential: CredentialDep, request: Request, idempotency_key: IdempotencyKey = None
) -> Response:
    """Report a fault or ask for a service; the answer is the ticket."""
    state = request.app.state
    sign_url = state.photo_urls.signer(credential.now)
    connect, arrivals = state.database.writes.acquire, state.arrivals
    created = await submit_for(connect, arrivals, credential, body, idempotency_key, sign_url)
    return answer(created, 201, {"Location": f"/api/v1/tickets/{created['number']}"})


@router.post("/{number}/transitions", response_model=TicketOut)
async def change_ticket(
    number: Number,
    body: Annotated[TransitionIn, Body()],
    actor: ActorDep,
    connection: StatementDep,
    urls: PhotoUrlsDep,
    now: Now,
) -> Response:
    """Cause an event of the life cycle; ``allowed_events`` of the ticket says which are possible."""
    after = await transition(connection, number, body, actor=actor, now=now)
    return answer(present(after, actor, now, urls.signer(now)))


@router.get("/{number}/events", response_model=Timeline)
async def read_timeline(number: Number, actor: ActorDep, connection: ReaderDep) -> Response:
    """What happened, oldest first."""
    items = await timeline(connection, number, actor)
    return answer({"items": items, "merged": await merged_timelines(connection, number, actor)})


@router.post(
    "/{number}/splits",
    status_code=201,
    response_model=TicketOut,
    dependencies=[Depends(require_of_ticket(Role.AGENT, Role.MANAGER, Role.ADMIN))],
)
async def create_split(
    number: Number,
    body: SplitIn,
    actor: ActorDep,
    connection: WriterDep,
    urls: PhotoUrlsDep,
    now: Now,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """One report about two things: the other becomes a ticket of its own, linked to this one."""
    once = Once("splits", actor, idempotency_key, fingerprint(body, number))
    made = await split_ticket(connection, number, body, once=once, sign_url=urls.signer(now), now=now)
    return answer(made, 201, {"Location": f"/api/v1/tickets/{made['number']}"})


@router.get("/{number}/similar")
async def read_similar(number: Number, actor: ActorDep, connection: ReaderDep, now: Now) -> SimilarList:
    """Other reports of the customer within two days that look like this one.

    A client asks once it has the number of a new ticket, to offer "add to my ticket"; taking a report in does not wait
    for the answer, and reports that nothing resembles pay nothing for it.
    """
    return await find_similar(connection, number, actor=actor, now=now)


@router.get(
    "/{number}/events/stream",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}},
)
async def stream_timeline(
    number: Number,
    actor: ActorDep,
    request: Request,
    last_event_id: Annotated[int, Header(alias="Last-Event-ID", ge=0, lt=2**31)] = 0,
) -> StreamingResponse:
    """The timeline as server-sent events: what there is after ``Last-Event-ID``, then what comes."""
    stream: TicketStream = request.app.state.ticket_stream
    lines = await stream.open(number, actor, after=last_event_id)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(lines, media_type="text/event-stream", headers=headers)


@router.get("/{number}/slots", response_model=SlotsOut)
async def read_slots(number: Number, actor: ActorDep, connection: ReaderDep, now: Now) -> SlotsOut:
    """The best appointment windows, each with its reason."""
    return await recommend_slots(connection, number, actor=actor, now=now)


@router.get(
    "/{number}/dispatch",
    response_model=DispatchOut,
    dependencies=[Depends(require_of_ticket(Role.AGENT, Role.MANAGER, Role.ADMIN))],
)
async def read_dispatch(number: Number, actor: ActorDep, connection: ReaderDep, now: Now) -> DispatchOut:
    """Whom the ticket was offered to, at what cost in minutes, and who came next."""
    return await explain(connection, number, actor=actor, now=now)


@router.post(
    "/{number}/urgings",
    status_code=201,
    response_model=UrgingOut,
    dependencies=[Depends(require_of_ticket(Role.CUSTOMER))],
)
async def create_urging(
    number: Number,
    body: UrgingIn,
    actor: ActorDep,
    connection: WriterDep,
    settings: SettingsDep,
    now: Now,
    idempotency_key: IdempotencyKey = None,
) -> Any:
    """Ask where things are; the answer is the reason why it waits and a promise."""
    once = Once("urgings", actor, idempotency_key, fingerprint(body, number))
    return await urge(connection, number, body, once=once, now=now, cooldown=settings.urging_cooldown)


@router.put(
    "/{number}/rating", response_model=RatingOut, dependencies=[Depends(require_of_ticket(Role.CUSTOMER))]
)
async def put_rating(
    number: Number, body: RatingIn, actor: ActorDep, connection: WriterDep, now: Now
) -> RatingOut:
    """Rate a finished service in four dimensions, once."""
    review = await rate_ticket(connection, number, body, actor=actor, now=now)
    return RatingOut(**asdict(review.scores), comment=review.comment, created_at=review.created_at)


@router.post("/{number}/contact-reveals", status_code=201, response_model=RevealOut)
async def create_contact_reveal(
    number: Number, body: RevealIn, actor: ActorDep, connection: WriterDep, network: NetworkDep, now: Now
) -> Any:
    """The customer's full number, for those who need it for the job; each look is logged with its reason."""
    return await reveal_contact(connection, number, reason=body.reason, actor=actor, network=network, now=now)

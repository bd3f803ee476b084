"""Complaints: the desk's list of cases, and the customer's word whether one is solved."""

from typing import Annotated

from fastapi import Depends, Form, Path, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import ValidationError

from app.domain.actor import Actor
from app.domain.lifecycle import Role
from app.edge.given import Now, ReaderDep, WriterDep
from app.edge.rates import RateLimit
from app.edge.routes import Routes
from app.errors import InvalidInput, NotFound
from app.pages.render import HEADERS, page
from app.routers.dependencies import ActorDep, IdempotencyKey, NetworkDep, require, require_of_ticket
from app.routers.tickets import Number
from app.routers.visits import Token
from app.schemas.complaints import (
    CaseOut,
    CasePage,
    CloseIn,
    ComplaintIn,
    ComplaintOut,
    LinkedVerdictIn,
    RemedyIn,
    StepIn,
    VerdictIn,
)
from app.services.complaints.read import Which, brief, list_cases, read_case, read_complaint
from app.services.complaints.say import say_complaint
from app.services.complaints.verdict import answer_complaint, answer_link, find_proposed
from app.services.complaints.work import add_case_step, close_case, offer_remedy, take_case
from app.services.idempotency import Once, fingerprint

router = Routes(prefix="/api/v1/complaints", tags=["complaints"])
of_tickets = Routes(prefix="/api/v1/tickets/{number}/complaint", tags=["complaints"])
links = Routes(prefix="/api/v1/complaint-answers", tags=["complaints"])
pages = Routes(prefix="/h5/complaints", include_in_schema=False)

DESK = Depends(require(Role.AGENT, Role.MANAGER, Role.ADMIN))


async def not_too_often(request: Request, network: NetworkDep, now: Now) -> None:
    """Links are too long to be guessed; this keeps others from trying."""
    limit: RateLimit = request.app.state.complaint_limit
    limit.spend(network, now)


CONCERNED = Depends(require_of_ticket(Role.CUSTOMER, Role.AGENT, Role.MANAGER, Role.ADMIN))
OWNER = Depends(require_of_ticket(Role.CUSTOMER))
ANSWERABLE = Depends(require(Role.MANAGER, Role.ADMIN))
NOT_TOO_OFTEN = Depends(not_too_often)
CaseId = Annotated[int, Path(ge=1, lt=2**63)]


@router.get("", dependencies=[DESK])
async def read_cases(
    actor: ActorDep,
    connection: ReaderDep,
    now: Now,
    state: Which = "open",
    cursor: Annotated[str | None, Query(max_length=40)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> CasePage:
    """Cases that are ``open``, ``mine`` or ``late``, the most pressing first; or ``closed``, the newest first."""
    return await list_cases(connection, state, actor=actor, cursor=cursor, limit=limit, now=now)


@router.get("/{case_id}", dependencies=[DESK])
async def read_one_case(case_id: CaseId, actor: ActorDep, connection: ReaderDep, now: Now) -> CaseOut:
    """One case with its steps, what was offered, and how long it may still take."""
    return await read_case(connection, case_id, actor, now)


@router.post("/{case_id}/take", dependencies=[DESK])
async def take_one_case(case_id: CaseId, actor: ActorDep, connection: WriterDep, now: Now) -> CaseOut:
    """Answer for it from now on; a manager may take it from somebody else."""
    return await take_case(connection, case_id, actor=actor, now=now)


@router.post("/{case_id}/steps", status_code=201, dependencies=[DESK])
async def create_step(
    case_id: CaseId,
    body: StepIn,
    actor: ActorDep,
    connection: WriterDep,
    now: Now,
    idempotency_key: IdempotencyKey = None,
) -> CaseOut:
    """What was done about it, and what came of it."""
    once = Once("complaint-steps", actor, idempotency_key, fingerprint(body, str(case_id)))
    return await add_case_step(connection, case_id, body, once=once, now=now)


@router.post("/{case_id}/remedy", dependencies=[DESK])
async def create_remedy(
    case_id: CaseId, body: RemedyIn, actor: ActorDep, connection: WriterDep, now: Now
) -> CaseOut:
    """What was wrong and what we offer: the customer is asked by a push whether that solves it."""
    return await offer_remedy(connection, case_id, body, actor=actor, now=now)


@router.post("/{case_id}/close", dependencies=[ANSWERABLE])
async def close_one_case(
    case_id: CaseId, body: CloseIn, actor: ActorDep, connection: WriterDep, now: Now
) -> CaseOut:
    """End it without the customer's word, with a reason that he reads."""
    return await close_case(connection, case_id, body, actor=actor, now=now)


@of_tickets.get("", dependencies=[CONCERNED])
async def read_complaint_of_ticket(number: Number, actor: ActorDep, connection: ReaderDep) -> ComplaintOut:
    """Who is on it, by when, and what is offered; not found where nobody complained."""
    return await read_complaint(connection, number, actor)


@of_tickets.post("", status_code=201, dependencies=[CONCERNED])
async def create_complaint(
    number: Number,
    body: ComplaintIn,
    actor: ActorDep,
    connection: WriterDep,
    now: Now,
    idempotency_key: IdempotencyKey = None,
) -> ComplaintOut:
    """Say that something is not right; a ticket has one case, to which this is added."""
    once = Once("complaints", actor, idempotency_key, fingerprint(body, number))
    return await say_complaint(connection, number, body, once=once, now=now)


@of_tickets.post("/answer", dependencies=[OWNER])
async def create_verdict(
    number: Number, body: VerdictIn, actor: ActorDep, connection: WriterDep, now: Now
) -> ComplaintOut:
    """Whether what is offered solves it. A no opens the case again."""
    after = await answer_complaint(connection, number, body, actor=actor, now=now)
    return await brief(connection, after, actor)


@links.post("", dependencies=[NOT_TOO_OFTEN])
async def create_linked_verdict(body: LinkedVerdictIn, connection: WriterDep, now: Now) -> ComplaintOut:
    """The same by the link of the card, without signing in."""
    after = await answer_link(connection, body.token, body, now=now)
    return await brief(connection, after, Actor(Role.CUSTOMER, after.customer_id))


@pages.get("/{token}", dependencies=[NOT_TOO_OFTEN])
async def complaint_page(token: Token, connection: ReaderDep) -> HTMLResponse:
    s = await find_proposed(connection, token)
    complaint = await brief(connection, s, Actor(Role.CUSTOMER, s.customer_id))
    return page("complaint", complaint=complaint, token=token)


@pages.get("/{token}/{number}", dependencies=[NOT_TOO_OFTEN])
async def complaint_page_of_card(token: Token, number: Number, connection: ReaderDep) -> HTMLResponse:
    """As a card opens it: its address ends with the ticket's number, like that of every other card."""
    if (await find_proposed(connection, token)).number != number:
        raise NotFound
    return await complaint_page(token, connection)


@pages.post("/{token}", dependencies=[NOT_TOO_OFTEN])
async def answer_on_page(
    token: Token,
    connection: WriterDep,
    now: Now,
    solved: Annotated[bool, Form()],
    note: Annotated[str, Form(max_length=200)] = "",
) -> RedirectResponse:
    try:
        body = VerdictIn(solved=solved, note=note)
    except ValidationError as error:
        raise InvalidInput.at("body.note", "请写几个字，告诉我们还有什么没有解决。", "missing") from error
    after = await answer_link(connection, token, body, now=now)
    return RedirectResponse(f"/h5/tickets/{after.number}", status_code=303, headers=HEADERS)

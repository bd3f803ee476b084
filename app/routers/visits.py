"""A visit: the customer's answer by the link of the card, and the engineer's way to it."""

from typing import Annotated

from fastapi import Depends, Form, Path, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import ValidationError

from app.domain.call_out import in_words
from app.domain.lifecycle import Role
from app.domain.situation import Situation
from app.edge.given import Now, ReaderDep, WriterDep
from app.edge.rates import RateLimit
from app.edge.routes import Routes
from app.errors import InvalidInput, NotFound
from app.pages.render import HEADERS, page
from app.routers.answers import answer
from app.routers.dependencies import ActorDep, IdempotencyKey, NetworkDep, PhotoUrlsDep, require_of_ticket
from app.routers.tickets import Number
from app.schemas.tickets import TicketOut, WindowOut
from app.schemas.visits import (
    Answer,
    CrewIn,
    EmptyTripOut,
    LinkedVisit,
    PositionIn,
    VisitAnswerIn,
    VisitsOut,
    WaiverIn,
)
from app.services.dispatch.slots import slots_for
from app.services.idempotency import Once, fingerprint
from app.services.tickets.present import present
from app.services.visits.answer import answer_visit, find_linked
from app.services.visits.calendar import as_calendar
from app.services.visits.crew import set_crew
from app.services.visits.empty_trip import waive_empty_trip
from app.services.visits.eta import report_position
from app.services.visits.history import visits_of

router = Routes(prefix="/api/v1", tags=["visits"])
pages = Routes(prefix="/h5/visits", include_in_schema=False)

Token = Annotated[str, Path(min_length=16, max_length=64, pattern=r"^[\w-]+$")]


async def not_too_often(request: Request, network: NetworkDep, now: Now) -> None:
    """Links are too long to be guessed; this keeps others from trying."""
    limit: RateLimit = request.app.state.link_limit
    limit.spend(network, now)


@router.get("/tickets/{number}/visits", response_model=VisitsOut)
async def read_visits(
    number: Number, actor: ActorDep, connection: ReaderDep, urls: PhotoUrlsDep, now: Now
) -> Response:
    """Every visit with its own times, and how it ended; the first one first."""
    return answer({"items": await visits_of(connection, number, actor, urls.signer(now))})


@router.put("/tickets/{number}/position", status_code=204)
async def put_position(
    number: Number, body: PositionIn, actor: ActorDep, connection: WriterDep, now: Now
) -> Response:
    """Where the engineer is on his way: the customer sees when to expect him. Every half minute is plenty."""
    await report_position(connection, number, body, actor=actor, now=now)
    return Response(status_code=204)


@router.put("/tickets/{number}/crew", response_model=TicketOut)
async def put_crew(
    number: Number, body: CrewIn, actor: ActorDep, connection: WriterDep, urls: PhotoUrlsDep, now: Now
) -> Response:
    """How many engineers come. For a visit that is booked the second one is found now, or the answer is 409."""
    after = await set_crew(connection, number, body, actor=actor, now=now)
    return answer(present(after, actor, now, urls.signer(now)))


@router.post(
    "/tickets/{number}/empty-trips/{trip_id}/waiver",
    status_code=201,
    dependencies=[Depends(require_of_ticket(Role.MANAGER, Role.ADMIN))],
)
async def waive_trip(
    number: Number,
    trip_id: Annotated[int, Path(ge=1, lt=2**63)],
    body: WaiverIn,
    actor: ActorDep,
    connection: WriterDep,
    now: Now,
    idempotency_key: IdempotencyKey = None,
) -> EmptyTripOut:
    """Let the customer off the fee for a visit in vain, with a reason that he is told. Its receipt says so."""
    once = Once("empty-trip-waivers", actor, idempotency_key, fingerprint(body, f"{number}/{trip_id}"))
    return await waive_empty_trip(connection, number, trip_id, body, once=once, now=now)


@router.post("/visit-answers", dependencies=[Depends(not_too_often)])
async def answer_visit_link(body: VisitAnswerIn, connection: WriterDep, now: Now) -> LinkedVisit:
    """The customer's answer by the link of his card, without signing in: confirm, decline, or another window."""
    return _shown(await answer_visit(connection, body, now=now))


@pages.get("/{token}", dependencies=[Depends(not_too_often)])
async def visit_page(token: Token, connection: ReaderDep, now: Now, said: str = "") -> HTMLResponse:
    linked = await find_linked(connection, token, now=now)
    slots = []
    if linked.may_rebook(now):
        slots = await slots_for(connection, linked.ticket, now=now, named=False)
    return page("visit", visit=_shown(linked.ticket), token=token, slots=slots, said=_SAID.get(said, ""))


@pages.get("/{token}/calendar.ics", dependencies=[Depends(not_too_often)])
async def visit_calendar(token: Token, connection: ReaderDep, now: Now) -> Response:
    """The appointment for the calendar of a phone."""
    linked = await find_linked(connection, token, now=now)
    return Response(
        as_calendar(linked.ticket, now), media_type="text/calendar; charset=utf-8", headers=HEADERS
    )


@pages.get("/{token}/{number}", dependencies=[Depends(not_too_often)])
async def visit_page_of_card(token: Token, number: Number, connection: ReaderDep, now: Now) -> HTMLResponse:
    """As a card opens it: its address ends with the ticket's number, like that of every other card."""
    if (await find_linked(connection, token, now=now)).ticket.number != number:
        raise NotFound
    return await visit_page(token, connection, now)


@pages.post("/{token}", dependencies=[Depends(not_too_often)])
async def answer_on_page(
    token: Token,
    connection: WriterDep,
    now: Now,
    answer: Annotated[Answer, Form()],
    window: Annotated[str, Form(max_length=80)] = "",
    note: Annotated[str, Form(max_length=200)] = "",
) -> RedirectResponse:
    after = await answer_visit(connection, _body(token, answer, window, note), now=now)
    link = after.visit.link if after.visit else token
    return RedirectResponse(f"/h5/visits/{link}?said={answer}", status_code=303, headers=HEADERS)


def _body(token: str, answer: Answer, window: str, note: str) -> VisitAnswerIn:
    start, _, end = window.partition("/")
    wish = {"start": start, "end": end} if window else None
    try:
        return VisitAnswerIn.model_validate({"token": token, "answer": answer, "window": wish, "note": note})
    except ValidationError as error:
        raise InvalidInput.at("body.window", "请选择新的上门时段。", "invalid") from error


def _shown(s: Situation) -> LinkedVisit:
    assert s.visit is not None, "a linked ticket has its visit"  # noqa: S101
    return LinkedVisit(
        number=s.number,
        service=s.service,
        state=s.visit.state,
        window=WindowOut(start=s.visit.window.start, end=s.visit.window.end),
        engineer=s.engineer.name if s.engineer else None,
        employee_no=s.engineer.employee_no if s.engineer else None,
        district=s.address.district if s.address else "",
        confirmed=s.visit.confirmed_at is not None,
        costs=in_words(s.call_out, covered=s.covered) if s.call_out else "",
    )


_SAID = {
    "confirm": "谢谢，已为您确认。",
    "decline": "已告诉工程师，他会与您联系。",
    "rebook": "上门时间已更改。",
}

"""One job on the engineer's phone: the next step under his thumb, and what still stands in its way."""

from datetime import datetime
from typing import Annotated

import asyncpg
from fastapi import APIRouter, Depends, Form, Request, UploadFile
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from app.clock import Now
from app.db import ReaderDep, StatementDep, WriterDep
from app.domain.actor import Actor
from app.domain.lifecycle import Event, Role
from app.domain.pricing import PriceKind
from app.domain.situation import PRIORITY_LABELS, SERVICE_LABELS, Purpose
from app.errors import InvalidInput
from app.pages.problem import FIELD
from app.pages.render import HEADERS, page
from app.routers.dependencies import (
    ActorDep,
    PhotoUrlsDep,
    SessionsDep,
    StoreDep,
    require_of_ticket,
)
from app.routers.event_steps import Refused, cause, steps_of, typed_in, windows_of
from app.routers.tickets import Number
from app.schemas.transitions import Quote, QuoteLineIn, ReviseQuote
from app.services.attachments.upload import Said, upload
from app.services.prices.current import published
from app.services.tickets.load import load
from app.services.tickets.present import SignUrl, present
from app.services.tickets.reveal import reveal_contact
from app.services.tickets.timeline import timeline
from app.services.tickets.transition import transition

router = APIRouter(
    prefix=f"{FIELD}/tickets/{{number}}",
    include_in_schema=False,
    dependencies=[Depends(require_of_ticket(Role.ENGINEER))],
)

_QUOTING = frozenset({Event.QUOTE, Event.REVISE_QUOTE})
_PHOTOS = {Purpose.BEFORE: "服务前", Purpose.AFTER: "服务后", Purpose.NO_ACCESS: "到访未遇"}
_SAID = {"done": "已完成。", "kept": "照片已保存。", "quoted": "报价已发给客户。"}
# A shelf of them is carried; what is more is another quote.
_LINES = 6


@router.get("")
async def job_page(
    number: Number, actor: ActorDep, connection: ReaderDep, urls: PhotoUrlsDep, now: Now, said: str = ""
) -> HTMLResponse:
    return await _screen(connection, number, actor, now, urls.signer(now), said=_SAID.get(said, ""))


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
    """A form that cannot be carried out comes back as it was, with what to do about it."""
    typed = await typed_in(request)
    refused = await cause(connection, number, event, version, typed, actor=actor, now=now)
    if refused is None:
        return _back(number, "done")
    return await _screen(connection, number, actor, now, urls.signer(now), refused=refused)


@router.post("/quote")
async def send_quote(
    number: Number,
    actor: ActorDep,
    connection: StatementDep,
    now: Now,
    version: Annotated[int, Form(ge=1, le=2**31)],
    code: Annotated[list[str] | None, Form(max_length=_LINES)] = None,
    quantity: Annotated[list[int] | None, Form(max_length=_LINES)] = None,
) -> RedirectResponse:
    """Of the published price table; a quote that came back from the manager is sent anew."""
    chosen = zip(code or [], quantity or [], strict=False)
    lines = [QuoteLineIn(code=each, quantity=many) for each, many in chosen if each and 1 <= many <= 99]
    if not lines:
        raise InvalidInput.at("body.code", "请至少选择一项。", "missing")
    s = await load(connection, number, actor)
    body: Quote | ReviseQuote = (
        ReviseQuote(event=Event.REVISE_QUOTE, version=version, lines=lines)
        if s.quote_with_us
        else Quote(event=Event.QUOTE, version=version, lines=lines)
    )
    await transition(connection, number, body, actor=actor, now=now)
    return _back(number, "quoted")


@router.post("/photos", form_limits={"max_files": 1, "max_fields": 6, "max_part_size": 1024})
async def add_photo(
    number: Number,
    file: UploadFile,
    actor: ActorDep,
    sessions: SessionsDep,
    store: StoreDep,
    now: Now,
    purpose: Annotated[Purpose, Form()] = Purpose.BEFORE,
    latitude: Annotated[str, Form(max_length=30)] = "",
    longitude: Annotated[str, Form(max_length=30)] = "",
) -> RedirectResponse:
    place = _place(latitude), _place(longitude)
    await upload(
        sessions,
        store,
        actor=actor,
        content=file.file,
        purpose=purpose,
        ticket_number=number,
        key=None,
        now=now,
        said=Said("", "", *place, None),
    )
    return _back(number, "kept")


@router.post("/contact")
async def show_contact(
    number: Number, actor: ActorDep, connection: WriterDep, urls: PhotoUrlsDep, now: Now
) -> HTMLResponse:
    """The number, to call it now; that he looked is written down."""
    contact = await reveal_contact(connection, number, reason="上门前联系", actor=actor, now=now)
    return await _screen(connection, number, actor, now, urls.signer(now), phone=contact.phone)


async def _screen(
    connection: asyncpg.Connection,
    number: str,
    actor: Actor,
    now: datetime,
    sign_url: SignUrl,
    *,
    said: str = "",
    refused: Refused | None = None,
    phone: str = "",
) -> HTMLResponse:
    s = await load(connection, number, actor)
    steps = steps_of(s, actor, now)
    form = refused or Refused()
    city = s.address.city if s.address else ""
    may_quote = any(step.event in _QUOTING for step in steps)
    prices = await published(connection, category=s.category, city=city, now=now) if may_quote else None
    return page(
        "field/job",
        who=actor,
        said=said,
        ticket=present(s, actor, now, sign_url),
        service=SERVICE_LABELS[s.service_type],
        priority_label=PRIORITY_LABELS[s.priority],
        steps=[step for step in steps if step.event not in _QUOTING],
        may_quote=may_quote,
        prices=[item for item in prices.items if item["kind"] != PriceKind.EMPTY_TRIP] if prices else (),
        lines=range(_LINES),
        refused=form,
        lost=form.lost(steps),
        slots=await windows_of(connection, s, steps, now),
        photos=_PHOTOS,
        events=await timeline(connection, number, actor),
        phone=phone,
    )


def _place(said: str) -> float | None:
    try:
        return float(said)
    except ValueError:
        return None


def _back(number: str, said: str) -> RedirectResponse:
    return RedirectResponse(f"{FIELD}/tickets/{number}?said={said}", status_code=303, headers=HEADERS)

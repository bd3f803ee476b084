"""Pages behind the official account: my services, my messages, one ticket, its rating. Forms work without script."""

import secrets
from typing import Annotated, Any

import asyncpg
from fastapi import APIRouter, Depends, Form, Query
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import ValidationError

from app.clock import Now
from app.db import ReaderDep, SessionDep, WriterDep, driver
from app.domain.actor import Actor
from app.domain.conversation.words import LONGEST
from app.domain.lifecycle import ENDS, Role, State
from app.domain.rating import DIMENSION_LABELS, RUBRIC
from app.domain.situation import Situation
from app.errors import InvalidInput
from app.pages.render import HEADERS, page
from app.routers.dependencies import ActorDep, PhotoUrlsDep, SettingsDep, require_of_ticket
from app.routers.tickets import Number
from app.schemas.conversations import MessageIn
from app.schemas.evidence import EvidenceOut
from app.schemas.tickets import RatingIn, TicketSummary, UrgingIn
from app.services.complaints.read import remedy_link
from app.services.conversations.read import page as conversation_page
from app.services.conversations.write import write_message
from app.services.evidence.show import evidence_of
from app.services.idempotency import Once, fingerprint
from app.services.inbox.read import count_unread, mark_read, read_inbox
from app.services.incidents.read import known_to
from app.services.ratings.rate import rate_ticket
from app.services.receipts.read import has_receipt
from app.services.tickets.list_tickets import Page, list_tickets
from app.services.tickets.load import load
from app.services.tickets.present import SignUrl, at_the_job, present
from app.services.tickets.timeline import timeline
from app.services.urgings.urge import urge

router = APIRouter(prefix="/h5", include_in_schema=False)

OWNER = Depends(require_of_ticket(Role.CUSTOMER))
Stars = Annotated[int, Form(ge=1, le=5)]

_RUBRIC = [{"name": d.value, "label": DIMENSION_LABELS[d], "stars": texts} for d, texts in RUBRIC.items()]
_RATEABLE = frozenset({State.COMPLETED, State.CONFIRMED})
_QUIET = ENDS | _RATEABLE


@router.get("/")
async def my_services(actor: ActorDep, connection: ReaderDep) -> HTMLResponse:
    found = await list_tickets(connection, actor, Page(limit=50))
    items = [TicketSummary.model_validate_json(item) for item in found.items]
    return page("tickets", items=items, unread=await count_unread(connection, actor))


@router.get("/inbox")
async def my_messages(
    actor: ActorDep, connection: ReaderDep, cursor: Annotated[str | None, Query(max_length=40)] = None
) -> HTMLResponse:
    found = await read_inbox(connection, actor, cursor=cursor)
    return page("inbox", items=found.items, unread=found.unread, next_cursor=found.next_cursor)


@router.post("/inbox/read")
async def read_on_page(
    actor: ActorDep, connection: WriterDep, now: Now, up_to: Annotated[int, Form(ge=1, lt=2**63)]
) -> RedirectResponse:
    """Up to the newest that the page showed: what came meanwhile stays unread."""
    await mark_read(connection, actor, ids=None, up_to=up_to, now=now)
    return RedirectResponse("/h5/inbox", status_code=303, headers=HEADERS)


@router.get("/tickets/{number}")
async def ticket_page(
    number: Number, actor: ActorDep, connection: ReaderDep, urls: PhotoUrlsDep, now: Now, said: str = ""
) -> HTMLResponse:
    s = await load(connection, number, actor)
    events = await timeline(connection, number, actor)
    sign_url = urls.signer(now)
    talk = await _talk(connection, s, actor, sign_url)
    return page(
        "ticket",
        ticket=present(s, actor, now, sign_url),
        events=[event for event in events if event["event"] != "message"],
        talk=talk,
        evidence=await _evidence(connection, s, actor, sign_url),
        rubric=_RUBRIC,
        receipt=await has_receipt(connection, s),
        remedy_link=await remedy_link(connection, s, actor),
        incident=await known_to(connection, s.id, now),
        **_what_next(s, actor, said),
    )


async def _evidence(
    connection: asyncpg.Connection, s: Situation, actor: Actor, sign_url: SignUrl
) -> EvidenceOut | None:
    return await evidence_of(connection, s, sign_url, actor=actor) if at_the_job(s, actor) else None


async def _talk(
    connection: asyncpg.Connection, s: Situation, actor: Actor, sign_url: SignUrl
) -> list[dict[str, Any]]:
    if not at_the_job(s, actor):
        return []
    found = await conversation_page(connection, s.id, actor, sign_url, limit=50)
    items: list[dict[str, Any]] = found["items"]
    return items


@router.post("/tickets/{number}/rating", dependencies=[OWNER])
async def rate_on_page(
    number: Number,
    actor: ActorDep,
    session: SessionDep,
    now: Now,
    attitude: Stars,
    expertise: Stars,
    timeliness: Stars,
    conduct: Stars,
    comment: Annotated[str, Form(max_length=200)] = "",
) -> RedirectResponse:
    scores = RatingIn(
        attitude=attitude, expertise=expertise, timeliness=timeliness, conduct=conduct, comment=comment
    )
    await rate_ticket(await driver(session), number, scores, actor=actor, now=now)
    return _back(number, "rated")


@router.post("/tickets/{number}/urgings", dependencies=[OWNER])
async def urge_on_page(
    number: Number, actor: ActorDep, session: SessionDep, settings: SettingsDep, now: Now
) -> RedirectResponse:
    once = Once("urgings", actor, None, b"")
    cooldown = settings.urging_cooldown
    await urge(await driver(session), number, UrgingIn(), once=once, now=now, cooldown=cooldown)
    return _back(number, "urged")


@router.post("/tickets/{number}/messages", dependencies=[OWNER])
async def write_on_page(
    number: Number,
    actor: ActorDep,
    session: SessionDep,
    urls: PhotoUrlsDep,
    now: Now,
    text: Annotated[str, Form(min_length=1, max_length=LONGEST)],
    key: Annotated[str | None, Form(max_length=64, pattern=r"^[\x21-\x7e]+$")] = None,
) -> RedirectResponse:
    try:
        body = MessageIn(text=text)
    except ValidationError as error:
        raise InvalidInput.at("body.text", "请输入要说的话。", "missing") from error
    # A thumb that taps twice sends the same key twice.
    once = Once("messages", actor, key, fingerprint(body, number))
    await write_message(await driver(session), number, body, once=once, sign_url=urls.signer(now), now=now)
    return _back(number, "sent")


# What a page may say after a form: named in the address, so that nobody can put words into our mouth.
_SAID = {
    "rated": "谢谢您的评价，我们会认真看每一条。",
    "urged": "已收到您的催促，正在加急处理。",
    "approved": "已收到您的同意，工程师将按报价维修。",
    "declined": "已收到您的决定。",
    "sent": "已发送，客服看到后会回复您。",
}


def _what_next(s: Situation, actor: Actor, said: str) -> dict[str, Any]:
    customer = actor.role is Role.CUSTOMER
    return {
        "said": _SAID.get(said, ""),
        "may_decide": customer and s.state is State.QUOTE_PENDING and not s.quote_with_us,
        "may_rate": customer and s.rating is None and s.state in _RATEABLE,
        "may_urge": customer and s.state not in _QUIET,
        "may_write": customer and s.state not in ENDS,
        "key": secrets.token_urlsafe(12),
    }


def _back(number: str, said: str) -> RedirectResponse:
    # 303: the browser fetches the page anew, and reloading it sends no form twice.
    return RedirectResponse(f"/h5/tickets/{number}?said={said}", status_code=303, headers=HEADERS)

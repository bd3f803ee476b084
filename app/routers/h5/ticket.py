"""One ticket as its customer sees it."""

import secrets
from typing import Any

import asyncpg
from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from app.clock import Now
from app.db import ReaderDep
from app.domain.actor import Actor
from app.domain.lifecycle import ENDS, Role, State
from app.domain.rating import DIMENSION_LABELS, RUBRIC
from app.domain.situation import Situation
from app.pages.render import page
from app.routers.dependencies import ActorDep, PhotoUrlsDep
from app.routers.h5.shell import SAID
from app.routers.tickets import Number
from app.schemas.evidence import EvidenceOut
from app.services.complaints.read import remedy_link
from app.services.conversations.read import page as conversation_page
from app.services.evidence.show import evidence_of
from app.services.incidents.read import known_to
from app.services.receipts.read import has_receipt
from app.services.tickets.load import load
from app.services.tickets.present import SignUrl, at_the_job, present
from app.services.tickets.timeline import timeline

router = APIRouter(prefix="/h5", include_in_schema=False)

_RUBRIC = [{"name": d.value, "label": DIMENSION_LABELS[d], "stars": texts} for d, texts in RUBRIC.items()]
_RATEABLE = frozenset({State.COMPLETED, State.CONFIRMED})
_QUIET = ENDS | _RATEABLE


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


def _what_next(s: Situation, actor: Actor, said: str) -> dict[str, Any]:
    customer = actor.role is Role.CUSTOMER
    return {
        "said": SAID.get(said, ""),
        "may_decide": customer and s.state is State.QUOTE_PENDING and not s.quote_with_us,
        "may_rate": customer and s.rating is None and s.state in _RATEABLE,
        "may_urge": customer and s.state not in _QUIET,
        "may_write": customer and s.state not in ENDS,
        "key": secrets.token_urlsafe(12),
    }

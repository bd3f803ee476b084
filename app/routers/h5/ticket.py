"""One ticket as its customer sees it: where it stands, who comes and when, and what he may do now."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import asyncpg
from fastapi.responses import HTMLResponse

from app.domain.actor import Actor
from app.domain.lifecycle import BUSY, ENDS, Event, Role, State
from app.domain.situation import Situation
from app.edge.given import Now, ReaderDep
from app.edge.routes import Routes
from app.pages.render import page
from app.routers.dependencies import ActorDep, PhotoUrlsDep, SettingsDep
from app.routers.event_steps import Step, lost, steps_of, windows_of
from app.routers.h5.shell import SAID
from app.routers.refused import NOTHING, Refused
from app.routers.tickets import Number
from app.schemas.evidence import EvidenceOut
from app.services.complaints.read import remedy_link
from app.services.conversations.read import page as conversation_page
from app.services.evidence.show import evidence_of
from app.services.incidents.read import known_to
from app.services.ratings.rate import RATEABLE
from app.services.receipts.read import has_receipt
from app.services.tickets.load import load
from app.services.tickets.present import SignUrl, at_the_job, present
from app.services.tickets.timeline import timeline
from app.services.urgings.last import last_urging

router = Routes(prefix="/h5", include_in_schema=False)

# What a customer does by a form of its own kind on this page; quotes and ratings have theirs, a merge is offered
# after the report.
SHOWN = {
    Event.CONFIRM: "确认修好了",
    Event.DISPUTE: "还没修好",
    Event.SUPPLY_INFO: "补充资料",
    Event.BOOK: "确认上门时间",
    Event.REBOOK: "改上门时间",
    Event.ENGINEER_NO_SHOW: "工程师没有来",
    Event.ACCEPT_FAIL: "知道了，不再维修",
    Event.REOPEN: "同样的毛病又出现了",
    Event.CANCEL: "取消服务",
}
# What is asked of him now stands open; the rest is at hand.
FIRST = frozenset({Event.CONFIRM, Event.SUPPLY_INFO, Event.BOOK})


@router.get("/tickets/{number}")
async def ticket_page(
    number: Number,
    actor: ActorDep,
    connection: ReaderDep,
    urls: PhotoUrlsDep,
    settings: SettingsDep,
    now: Now,
    said: str = "",
) -> HTMLResponse:
    cooldown = settings.urging_cooldown
    return await screen(
        connection, number, actor, now, urls.signer(now), said=SAID.get(said, ""), cooldown=cooldown
    )


async def screen(
    connection: asyncpg.Connection,
    number: str,
    actor: Actor,
    now: datetime,
    sign_url: SignUrl,
    *,
    cooldown: timedelta,
    said: str = "",
    refused: Refused = NOTHING,
    photos: Sequence[Mapping[str, str]] = (),
) -> HTMLResponse:
    """The page as it is now; also the answer to a form on it that could not be carried out."""
    s = await load(connection, number, actor)
    # Of a moment later. The page follows from the seq of the state: what happened between the two is news to it.
    events = await timeline(connection, number, actor)
    steps = _steps(s, actor, now)
    return page(
        "ticket",
        ticket=present(s, actor, now, sign_url),
        events=[event for event in events if event["event"] != "message"],
        talk=await _talk(connection, s, actor, sign_url),
        evidence=await _evidence(connection, s, actor, sign_url),
        receipt=await has_receipt(connection, s),
        remedy_link=await remedy_link(connection, s, actor),
        incident=await known_to(connection, s.id, now),
        urging=await last_urging(connection, s.id, cooldown=cooldown, now=now),
        steps=steps,
        labels=SHOWN,
        first=FIRST,
        slots=await windows_of(connection, s, [step for step in steps if not step.next_steps], now),
        said=said,
        refused=refused,
        photos=photos,
        lost=lost(refused, steps),
        **_what_next(s, actor),
    )


def _steps(s: Situation, actor: Actor, now: datetime) -> list[Step]:
    if actor.role is not Role.CUSTOMER:
        return []
    found = {step.event: step for step in steps_of(s, actor, now, with_photos=True)}
    return [found[event] for event in SHOWN if event in found]


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


def _what_next(s: Situation, actor: Actor) -> dict[str, Any]:
    customer = actor.role is Role.CUSTOMER
    return {
        "may_decide": customer and s.state is State.QUOTE_PENDING and not s.quote_with_us,
        "may_rate": customer and s.rating is None and s.state in RATEABLE,
        "may_urge": customer and s.state in BUSY,
        "may_write": customer and s.state not in ENDS,
        "key": secrets.token_urlsafe(12),
    }

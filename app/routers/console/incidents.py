"""Incidents: what is proposed, what a task force knows and says, how it ends."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated
from uuid import UUID

import asyncpg
from fastapi import Query, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel

from app.domain.actor import Actor
from app.domain.incidents.duties import SEVERITY_LABELS
from app.domain.incidents.life import AT_WORK
from app.edge.given import Now, ReaderDep, WriterDep
from app.edge.routes import Routes
from app.errors import Forbidden, InvalidInput
from app.pages.problem import CONSOLE
from app.routers.console.shell import MANAGERS, AtDesk, ManagerAtDesk, back, show
from app.routers.forms import read, typed_in, whole, words
from app.routers.incidents import Incident
from app.routers.refused import MENDABLE_AT_DESK, NOTHING, Refused, refusal
from app.schemas.incidents import (
    AcceptIn,
    ActionIn,
    AttachIn,
    BroadcastIn,
    DetachIn,
    DismissIn,
    NewIncident,
    ResolveIn,
    ReviewIn,
    ReviewVerdictIn,
    UpdateIn,
)
from app.services.idempotency import Once, fingerprint
from app.services.incidents.belong import add_member, attach, change_owner, detach, remove_member
from app.services.incidents.decide import accept, dismiss, open_by_hand
from app.services.incidents.read import Which, list_incidents, read_incident
from app.services.incidents.resolve import resolve
from app.services.incidents.review import add_action, decide_review, finish_action, write_review
from app.services.incidents.word import add_update, broadcast
from app.services.staff.colleagues import colleagues

router = Routes(prefix=f"{CONSOLE}/incidents", include_in_schema=False)

_VIEWS = {
    "live": "进行中",
    "proposed": "待确认",
    "late": "已超时",
    "resolved": "待复盘",
    "over": "已结束",
    "mine": "我负责的",
}
_OUTCOMES = {
    "moved": "已请客户确认",
    "stayed": "由原负责人继续处理",
    "over": "此前已结束",
    "detached": "已移出",
    "dismissed": "已排除",
}


@router.get("")
async def incident_list(
    actor: AtDesk,
    connection: ReaderDep,
    now: Now,
    view: Which = "live",
    cursor: Annotated[str | None, Query(max_length=40)] = None,
) -> HTMLResponse:
    return await _list(connection, view, cursor, actor, now)


@router.post("")
async def open_one(request: Request, actor: ManagerAtDesk, connection: WriterDep, now: Now) -> Response:
    """About the fault of a ticket, without waiting for a proposal."""
    typed = await typed_in(request)
    try:
        said = {name: typed.get(name, "").strip() for name in ("ticket", "title", "severity")}
        body = read(NewIncident, said | _word(typed, now, "broadcast"))
        once = Once("incidents", actor, None, fingerprint(body))
        async with whole(connection):
            made = await open_by_hand(connection, body, once=once, now=now)
    except MENDABLE_AT_DESK as problem:
        return await _list(connection, "live", None, actor, now, refused=refusal("open", typed, problem))
    return back(f"incidents/{made.number}", "changed")


@router.get("/{incident}")
async def one_incident(
    incident: Incident, actor: AtDesk, connection: ReaderDep, now: Now, said: str = ""
) -> HTMLResponse:
    return await _page(connection, incident, actor, now, said=said)


Deed = Callable[[asyncpg.Connection, str, Mapping[str, str], Actor, datetime], Awaitable[object]]


async def _accept(
    c: asyncpg.Connection, n: str, typed: Mapping[str, str], actor: Actor, now: datetime
) -> object:
    said = {"severity": typed.get("severity"), "owner_id": typed.get("owner_id")}
    return await accept(c, n, read(AcceptIn, said | _word(typed, now, "broadcast")), actor=actor, now=now)


async def _dismiss(
    c: asyncpg.Connection, n: str, typed: Mapping[str, str], actor: Actor, now: datetime
) -> object:
    return await dismiss(c, n, read(DismissIn, {"reason": typed.get("reason")}), actor=actor, now=now)


async def _broadcast(
    c: asyncpg.Connection, n: str, typed: Mapping[str, str], actor: Actor, now: datetime
) -> object:
    body = read(BroadcastIn, _word(typed, now, "text"))
    return await broadcast(c, n, body, once=_once("incident-broadcasts", actor, body, n), now=now)


async def _update(
    c: asyncpg.Connection, n: str, typed: Mapping[str, str], actor: Actor, now: datetime
) -> object:
    body = read(UpdateIn, {"text": typed.get("text"), "stage": typed.get("stage")})
    return await add_update(c, n, body, once=_once("incident-updates", actor, body, n), now=now)


async def _resolve(
    c: asyncpg.Connection, n: str, typed: Mapping[str, str], actor: Actor, now: datetime
) -> object:
    return await resolve(c, n, read(ResolveIn, {"solution": typed.get("solution")}), actor=actor, now=now)


async def _review(
    c: asyncpg.Connection, n: str, typed: Mapping[str, str], actor: Actor, now: datetime
) -> object:
    body = read(ReviewIn, {name: typed.get(name) for name in ("cause", "course", "better")})
    return await write_review(c, n, body, actor=actor, now=now)


async def _decide(
    c: asyncpg.Connection, n: str, typed: Mapping[str, str], actor: Actor, now: datetime
) -> object:
    said = {"approved": typed.get("approved") == "true", "note": typed.get("note")}
    return await decide_review(c, n, read(ReviewVerdictIn, said), actor=actor, now=now)


async def _owner(
    c: asyncpg.Connection, n: str, typed: Mapping[str, str], actor: Actor, now: datetime
) -> object:
    return await change_owner(c, n, str(_who(typed, "owner_id")), actor=actor, now=now)


async def _join(
    c: asyncpg.Connection, n: str, typed: Mapping[str, str], actor: Actor, now: datetime
) -> object:
    return await add_member(c, n, str(_who(typed, "staff_id")), actor=actor, now=now)


async def _leave(
    c: asyncpg.Connection, n: str, typed: Mapping[str, str], actor: Actor, now: datetime
) -> object:
    return await remove_member(c, n, str(_who(typed, "staff_id")), actor=actor, now=now)


async def _attach(
    c: asyncpg.Connection, n: str, typed: Mapping[str, str], actor: Actor, now: datetime
) -> object:
    body = read(AttachIn, {"tickets": [each.upper() for each in words(typed.get("tickets", ""))]})
    return await attach(c, n, body, once=_once("incident-tickets", actor, body, n), now=now)


async def _detach(
    c: asyncpg.Connection, n: str, typed: Mapping[str, str], actor: Actor, now: datetime
) -> object:
    body = read(DetachIn, {"reason": typed.get("reason")})
    return await detach(c, n, typed.get("ticket", ""), body, actor=actor, now=now)


async def _act(
    c: asyncpg.Connection, n: str, typed: Mapping[str, str], actor: Actor, now: datetime
) -> object:
    body = read(ActionIn, {name: typed.get(name) for name in ("text", "owner_id", "due_on")})
    return await add_action(c, n, body, once=_once("incident-actions", actor, body, n), now=now)


async def _done(
    c: asyncpg.Connection, n: str, typed: Mapping[str, str], actor: Actor, now: datetime
) -> object:
    return await finish_action(c, n, int(typed.get("action") or 0), actor=actor, now=now)


class Deeds(StrEnum):
    """What its page has a form for; each is one call of the service, which says who may."""

    ACCEPT = "accept"
    DISMISS = "dismiss"
    BROADCASTS = "broadcasts"
    UPDATES = "updates"
    RESOLVE = "resolve"
    REVIEW = "review"
    DECISION = "decision"
    OWNER = "owner"
    MEMBERS = "members"
    LEAVE = "leave"
    TICKETS = "tickets"
    DETACH = "detach"
    ACTIONS = "actions"
    DONE = "done"


_LEADS = frozenset({Deeds.ACCEPT, Deeds.DISMISS, Deeds.DECISION, Deeds.OWNER})
_DEEDS: Mapping[Deeds, tuple[Deed, str]] = MappingProxyType(
    {
        Deeds.ACCEPT: (_accept, "changed"),
        Deeds.DISMISS: (_dismiss, "changed"),
        Deeds.BROADCASTS: (_broadcast, "sent"),
        Deeds.UPDATES: (_update, "changed"),
        Deeds.RESOLVE: (_resolve, "done"),
        Deeds.REVIEW: (_review, "changed"),
        Deeds.DECISION: (_decide, "changed"),
        Deeds.OWNER: (_owner, "changed"),
        Deeds.MEMBERS: (_join, "changed"),
        Deeds.LEAVE: (_leave, "changed"),
        Deeds.TICKETS: (_attach, "changed"),
        Deeds.DETACH: (_detach, "changed"),
        Deeds.ACTIONS: (_act, "changed"),
        Deeds.DONE: (_done, "done"),
    }
)


@router.post("/{incident}/{deed}")
async def do(
    incident: Incident, deed: Deeds, request: Request, actor: AtDesk, connection: WriterDep, now: Now
) -> Response:
    """A form that cannot be carried out comes back as it was, with what to do about it."""
    if deed in _LEADS and actor.role not in MANAGERS:
        raise Forbidden
    carry_out, said = _DEEDS[deed]
    typed = await typed_in(request)
    try:
        async with whole(connection):
            await carry_out(connection, incident, typed, actor, now)
    except MENDABLE_AT_DESK as problem:
        refused = refusal(deed.value, typed, problem)
        return await _page(connection, incident, actor, now, refused=refused)
    return back(f"incidents/{incident}", said)


async def _list(
    connection: asyncpg.Connection,
    view: Which,
    cursor: str | None,
    actor: Actor,
    now: datetime,
    *,
    refused: Refused = NOTHING,
) -> HTMLResponse:
    return show(
        "incidents",
        actor,
        found=await list_incidents(connection, view, actor=actor, cursor=cursor, limit=50, now=now),
        view=view,
        views=_VIEWS,
        severities=SEVERITY_LABELS,
        refused=refused,
    )


async def _page(
    connection: asyncpg.Connection,
    incident: str,
    actor: Actor,
    now: datetime,
    *,
    said: str = "",
    refused: Refused = NOTHING,
) -> HTMLResponse:
    found = await read_incident(connection, incident, actor, now)
    return show(
        "incidents/one",
        actor,
        said=said,
        found=found,
        at_work=found.state in AT_WORK,
        severities=SEVERITY_LABELS,
        outcomes=_OUTCOMES,
        people=await colleagues(connection),
        refused=refused,
    )


def _once(scope: str, actor: Actor, body: BaseModel, number: str) -> Once:
    return Once(scope, actor, None, fingerprint(body, number))


def _who(typed: Mapping[str, str], name: str) -> UUID:
    """Raises InvalidInput."""
    try:
        return UUID(typed.get(name, ""))
    except ValueError as error:
        raise InvalidInput.at(f"body.{name}", "请选择一位同事。", "missing") from error


def _word(typed: Mapping[str, str], now: datetime, name: str) -> dict[str, object]:
    """What the customers are told, and by when they may expect it to be over."""
    minutes = typed.get("minutes", "")
    if minutes and not (minutes.isdecimal() and int(minutes) <= 20160):
        raise InvalidInput.at("body.minutes", "预计恢复时间请填写分钟数，不超过 14 天（20160）。")
    promised_at = now + timedelta(minutes=int(minutes)) if minutes else None
    return {name: typed.get("text"), "promised_at": promised_at}

"""What a customer says to a visit by the link of its card, without signing in: that it suits, or that it does not.

The link is a secret of its visit: it opens this one appointment until the engineer sets out, and ends with it.
"""

from dataclasses import dataclass, replace
from datetime import datetime

import asyncpg

from app.domain.actor import Actor
from app.domain.guards import blockers
from app.domain.lifecycle import Event, Role, State
from app.domain.notices import Notice, staff_notice
from app.domain.situation import Situation, VisitState
from app.errors import InvalidInput, NotFound
from app.models.visits import LIVE_VISITS
from app.schemas.transitions import Rebook
from app.schemas.visits import VisitAnswerIn
from app.services.tickets.change import Change
from app.services.tickets.fact import add_fact
from app.services.tickets.load import load_by_id
from app.services.tickets.record import Entry
from app.services.tickets.transition import Blocked, carry_out

_FIND = f"""
SELECT ticket_id FROM visits
 WHERE link = $1 AND departed_at IS NULL AND upper(promised) > $2 AND {LIVE_VISITS}
"""
_CONFIRM = """
UPDATE visits SET state = 'customer_confirmed', confirmed_at = $2 WHERE id = $1 AND state = 'booked' RETURNING TRUE
"""
_UNCONFIRM = (
    "UPDATE visits SET state = 'booked', confirmed_at = NULL WHERE id = $1 AND state = 'customer_confirmed'"
)


@dataclass(frozen=True)
class Linked:
    """The visit behind a link, and its customer as the one who acts."""

    ticket: Situation
    actor: Actor

    def may_rebook(self, now: datetime) -> bool:
        return not blockers(Event.REBOOK, self.ticket, self.actor, now)


async def find_linked(
    connection: asyncpg.Connection, link: str, *, now: datetime, lock: bool = False
) -> Linked:
    """NotFound once the visit has been changed, has begun or is over."""
    ticket_id = await connection.fetchval(_FIND, link, now)
    s = await load_by_id(connection, ticket_id, lock=lock) if ticket_id else None
    # Whoever waited for the lock may find another visit than the one that he was shown.
    if s is None or s.state is not State.SCHEDULED or s.visit is None or s.visit.link != link:
        raise NotFound("这个链接已失效，请在“我的服务”中查看最新的上门时间。")
    return Linked(s, Actor(Role.CUSTOMER, s.customer_id))


async def answer_visit(connection: asyncpg.Connection, body: VisitAnswerIn, *, now: datetime) -> Situation:
    """Errors: not_found, blocked (rebooked too often, too late for self-service), slot_taken, invalid_input."""
    linked = await find_linked(connection, body.token, now=now, lock=True)
    if body.answer == "rebook":
        return await _rebook(connection, linked, body, now)
    if body.answer == "confirm":
        return await _confirm(connection, linked, now)
    return await _decline(connection, linked, body.note, now)


async def _rebook(
    connection: asyncpg.Connection, linked: Linked, body: VisitAnswerIn, now: datetime
) -> Situation:
    if body.window is None:
        raise InvalidInput.at("body.window", "请选择新的上门时段。", "missing")
    s = linked.ticket
    found = blockers(Event.REBOOK, s, linked.actor, now)
    if found:
        raise Blocked(found)
    wish = Rebook(event=Event.REBOOK, version=s.version, window=body.window, reason_code="customer_wish")
    return await carry_out(Change(connection, s, Event.REBOOK, linked.actor, now), wish)


async def _confirm(connection: asyncpg.Connection, linked: Linked, now: datetime) -> Situation:
    """Confirming twice is confirming once."""
    s, visit = linked.ticket, linked.ticket.visit
    if visit is None or not await connection.fetchval(_CONFIRM, visit.id, now):
        return s
    confirmed = replace(visit, state=VisitState.CUSTOMER_CONFIRMED, confirmed_at=now)
    return await _note(
        connection, linked, s._replace(visit=confirmed), Entry("visit_confirmed", "客户已确认上门时间"), now
    )


async def _decline(connection: asyncpg.Connection, linked: Linked, note: str, now: datetime) -> Situation:
    """The appointment stands until somebody has spoken with him: an engineer before a locked door helps nobody."""
    s, visit = linked.ticket, linked.ticket.visit
    await connection.execute(_UNCONFIRM, visit and visit.id)
    unsure = visit and replace(visit, state=VisitState.BOOKED, confirmed_at=None)
    text = f"客户说上门时间有变{f'：{note}' if note else ''}"
    return await _note(
        connection,
        linked,
        s._replace(visit=unsure),
        Entry("visit_declined", text),
        now,
        "客户时间有变，请联系改约",
    )


async def _note(
    connection: asyncpg.Connection,
    linked: Linked,
    after: Situation,
    entry: Entry,
    now: datetime,
    hint: str = "",
) -> Situation:
    notices: list[Notice] = []
    if hint and after.engineer:
        notices.append(
            staff_notice(after, after.engineer.id, matter=after.service, level="改约", hint=hint, at=now)
        )
    return await add_fact(connection, after, entry, actor=linked.actor, now=now, notices=notices)

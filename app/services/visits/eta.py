"""When an engineer on the way is expected. His positions are nobody's history: only what they mean is kept."""

from dataclasses import replace
from datetime import datetime, timedelta

import asyncpg

from app.bell import Topic, ring_sql
from app.domain.actor import Actor
from app.domain.datum import as_kept
from app.domain.lifecycle import Role, State
from app.domain.notices import progress
from app.domain.situation import Situation
from app.domain.travel import expected_at
from app.domain.zone import ZONE
from app.errors import Conflict, Forbidden, InvalidInput
from app.schemas.visits import PositionIn
from app.services.promises.promised import promised
from app.services.tickets.fact import add_fact
from app.services.tickets.load import load
from app.services.tickets.record import Entry
from app.services.visits.book import position

# More often than this tells nobody anything.
LEAST_APART = timedelta(seconds=5)
_STALE = timedelta(minutes=10)
_LATE = timedelta(minutes=15)

_KEEP = f"""
WITH kept AS (
    UPDATE visits SET eta = $2, eta_at = $3 WHERE id = $1 AND state = 'en_route'
       AND (eta_at IS NULL OR eta_at <= $3::timestamptz - $4::interval)
    RETURNING ticket_id
)
SELECT {ring_sql(Topic.TICKET, "ticket_id")} FROM kept
"""
_TELL_ONCE = """
UPDATE visits SET late_told_at = $2 WHERE id = $1 AND late_told_at IS NULL RETURNING TRUE
"""


class NotOnTheWay(Conflict):
    code, msg = "not_on_the_way", "只有出发后、到达前才需要上报位置。"


async def report_position(
    connection: asyncpg.Connection, number: str, body: PositionIn, *, actor: Actor, now: datetime
) -> None:
    """Older ones than the last, and more than one in five seconds, change nothing.

    Errors: not_found, forbidden for another engineer, not_on_the_way, invalid_input for a moment that is not now.
    """
    s = await load(connection, number, actor, lock=True)
    if actor.role is not Role.ENGINEER or s.engineer_id != actor.id:
        raise Forbidden
    there = position(s)
    if s.state is not State.EN_ROUTE or s.visit is None or there is None:
        raise NotOnTheWay
    at = min(body.at or now, now)
    if now - at > _STALE:
        raise InvalidInput.at("body.at", "位置已过时，请上报当前位置。", "too_old")
    eta = expected_at(as_kept(body.latitude, body.longitude, body.datum), there, at)
    await connection.execute(_KEEP, s.visit.id, eta, at, LEAST_APART)
    if eta > s.visit.window.end + _LATE and await connection.fetchval(_TELL_ONCE, s.visit.id, now):
        await _tell(connection, s._replace(visit=replace(s.visit, eta=eta, eta_at=at)), actor, now)


async def _tell(connection: asyncpg.Connection, s: Situation, actor: Actor, now: datetime) -> None:
    """Once for a visit: the customer hears that it will be later than promised, and when."""
    assert s.visit is not None and s.visit.eta is not None, "told of an estimate"  # noqa: PT018, S101
    after = promised(s, now, follow=True)
    text = f"抱歉，预计{s.visit.eta.astimezone(ZONE):%H:%M}才能到"
    notices = [progress(after, hint=text)]
    await add_fact(connection, after, Entry("running_late", text), actor=actor, now=now, notices=notices)

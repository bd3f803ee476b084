"""An hour before the window the customer hears who comes and when about; from then on a change is told as well."""

from dataclasses import replace
from datetime import datetime

import asyncpg

from app.domain.actor import SYSTEM
from app.domain.dispatch.board import ANNOUNCED_BEFORE
from app.domain.notices import progress
from app.domain.situation import Situation
from app.domain.zone import ZONE
from app.services.tickets.fact import add_fact
from app.services.tickets.load import load_by_id
from app.services.tickets.record import Entry

# A window that has begun is past announcing: whoever is late then is told of by the time-outs.
_DUE = """
SELECT t.id FROM tickets t JOIN visits v ON v.id = t.visit_id
 WHERE t.state = 'scheduled' AND v.announced_at IS NULL AND v.state IN ('booked', 'customer_confirmed')
   AND lower(v.promised) BETWEEN $1::timestamptz AND $1::timestamptz + $2::interval
 ORDER BY lower(v.promised), t.id LIMIT 1 FOR NO KEY UPDATE OF t SKIP LOCKED
"""
_ANNOUNCE = "UPDATE visits SET announced_at = $2 WHERE id = $1"


async def announce_one(connection: asyncpg.Connection, now: datetime) -> bool:
    """False when nothing is due. The caller gives a transaction and commits it."""
    due = await connection.fetchrow(_DUE, now, ANNOUNCED_BEFORE)
    if due is None:
        return False
    before = await load_by_id(connection, due["id"])
    assert before.visit is not None, "a scheduled ticket has its visit"  # noqa: S101
    await connection.execute(_ANNOUNCE, before.visit.id, now)
    after = before._replace(visit=replace(before.visit, announced_at=now))
    text = _told(after)
    notices = [progress(after, hint=text)]
    await add_fact(connection, after, Entry("announced", text), actor=SYSTEM, now=now, notices=notices)
    return True


def _told(s: Situation) -> str:
    name = s.engineer.name if s.engineer else "工程师"
    band = s.visit.band if s.visit else None
    if band is None:
        return f"{name}将按时上门"
    start, end = band.start.astimezone(ZONE), band.end.astimezone(ZONE)
    return f"{name}预计{start:%H:%M}–{end:%H:%M}到"

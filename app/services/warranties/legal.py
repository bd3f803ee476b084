"""The clocks of 三包: rows that say when to look again, swept one ticket a transaction.

What was told is a row beside the entry of the timeline, in the same transaction: a level is told once, whenever the
process dies.
"""

from datetime import datetime

import asyncpg

from app.domain.actor import SYSTEM
from app.domain.lifecycle import ENDS, Clock, ClockMode, State, clock_modes
from app.domain.notices import Notice, progress, staff_notice
from app.domain.situation import ServiceType, Situation, Warranty
from app.domain.warranty.legal import REASONS, UNREPAIRED, Entered, Right, Standing, standing, warnings_due
from app.services.tickets.fact import add_fact
from app.services.tickets.load import load_by_id
from app.services.tickets.managers import managers_of
from app.services.tickets.record import Entry

_WATCH = """
INSERT INTO legal_watches (ticket_id, next_at) VALUES ($1, $2)
ON CONFLICT (ticket_id) DO UPDATE SET next_at = least(legal_watches.next_at, excluded.next_at)
"""
_DUE = """
SELECT t.id FROM legal_watches w JOIN tickets t ON t.id = w.ticket_id
 WHERE w.next_at <= $1 ORDER BY w.next_at, t.id LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED
"""
_LATER = "UPDATE legal_watches SET next_at = $2 WHERE ticket_id = $1"
_FORGET = "DELETE FROM legal_watches WHERE ticket_id = $1"
_HISTORY = """
SELECT state, at FROM ticket_events WHERE ticket_id = $1 AND from_state IS DISTINCT FROM state ORDER BY seq
"""
# Repairs of this very fault while the unit was in warranty, finished or given up once they had begun; the fault is
# there all the same.
_FAILED = """
SELECT count(*) FROM tickets t JOIN (
    SELECT ticket_id, finished_at AS at FROM completions WHERE engineer_id IS NOT NULL
    UNION ALL
    SELECT ticket_id, at FROM ticket_events
     WHERE event = 'fail' AND from_state = 'in_repair' AND data->>'reason_code' = ANY ($4::text[])
) tried ON tried.ticket_id = t.id
 WHERE (t.id = $1 OR t.asset_id = $2::uuid) AND t.diagnosis->>'fault' = $3 AND t.service_type = 'repair'
   AND NOT EXISTS (SELECT FROM warranties w WHERE w.asset_id = t.asset_id AND w.kind = 'unit'
                      AND tried.at >= ((w.ends_on + 1)::timestamp AT TIME ZONE 'Asia/Shanghai'))
"""
_TOLD = "SELECT kind, max(percent) AS percent FROM legal_warnings WHERE ticket_id = $1 GROUP BY kind"
_TELL = "INSERT INTO legal_warnings (ticket_id, kind, percent, at) VALUES ($1, $2, $3, $4)"
_REACHED = "SELECT kind, at FROM legal_warnings WHERE ticket_id = $1 AND percent = 100"


async def watch(connection: asyncpg.Connection, s: Situation, now: datetime) -> None:
    """Have somebody look at once how far the clocks have come; they find out by themselves when to look again."""
    if s.service_type is ServiceType.REPAIR and s.on_site:
        await connection.execute(_WATCH, s.id, now)


async def warn_one(connection: asyncpg.Connection, now: datetime) -> bool:
    """Look at one ticket that is due; False when none is. The caller gives a transaction and commits it."""
    ticket_id = await connection.fetchval(_DUE, now)
    if ticket_id is None:
        return False
    s = await load_by_id(connection, ticket_id)
    if s.state in ENDS:
        await connection.execute(_FORGET, s.id)
        return True
    found = await standing_of(connection, s, now)
    told = await _told(connection, s.id)
    due = warnings_due(found, told) if _applies(s) else {}
    for right, percent in due.items():
        s = await _warn(connection, s, right, percent, now)
    await connection.execute(_LATER, s.id, found.next_look(now, told | due))
    return True


async def standing_of(connection: asyncpg.Connection, s: Situation, now: datetime) -> Standing:
    rows = await connection.fetch(_HISTORY, s.id)
    history = [Entered(State(row["state"]), row["at"]) for row in rows]
    failed = 0
    if _in_repair(s) and s.diagnosis.fault:
        failed = await connection.fetchval(_FAILED, s.id, s.asset_id, s.diagnosis.fault, UNREPAIRED)
    return standing(history, failed, now)


async def rights_reached(connection: asyncpg.Connection, s: Situation) -> dict[Right, datetime]:
    return {Right(row["kind"]): row["at"] for row in await connection.fetch(_REACHED, s.id)}


def _applies(s: Situation) -> bool:
    return s.warranty is Warranty.IN and _in_repair(s)


def _in_repair(s: Situation) -> bool:
    return clock_modes(s.state)[Clock.LEGAL] is ClockMode.RUN


async def _told(connection: asyncpg.Connection, ticket_id: int) -> dict[Right, int]:
    return {Right(row["kind"]): row["percent"] for row in await connection.fetch(_TOLD, ticket_id)}


async def _warn(
    connection: asyncpg.Connection, s: Situation, right: Right, percent: int, now: datetime
) -> Situation:
    await connection.execute(_TELL, s.id, right.value, percent, now)
    entry, hint = _words(right, percent)
    managers = await managers_of(connection, s)
    notices: list[Notice] = [
        staff_notice(s, manager, matter=s.service, level="三包预警", hint=hint, at=now)
        for manager in managers
    ]
    if percent == 100:
        notices.insert(0, progress(s, hint=f"{REASONS[right]}，您可要求换货或退货"))
    return await add_fact(connection, s, entry, actor=SYSTEM, now=now, notices=notices)


def _words(right: Right, percent: int) -> tuple[Entry, str]:
    data = {"right": right, "percent": percent}
    if percent == 100:
        text = f"{REASONS[right]}，依三包规定您可要求换货或退货，主管会与您联系"
        return Entry("legal_right", text, data), f"{REASONS[right]}，请联系客户办理换退"
    text = f"三包时限已用{percent}%：{REASONS[right]}即可换货或退货"
    return Entry("legal_warning", text, data), f"三包时限已用{percent}%"

"""A visit that nobody can keep: the managers hear of it, once; it stays with whom it was until somebody decides."""

from datetime import datetime

import asyncpg

from app.domain.actor import SYSTEM
from app.domain.notices import clock_text, staff_notice
from app.services.plans.territory import Seen
from app.services.tickets.fact import add_fact
from app.services.tickets.load import load_by_id
from app.services.tickets.managers import managers_of
from app.services.tickets.record import Entry

_LOCK = "SELECT FROM tickets WHERE id = $1 FOR NO KEY UPDATE"
_MARK = """
UPDATE visits SET stranded_at = $2 WHERE id = $1 AND engineer_id = $3::uuid AND stranded_at IS NULL
   AND departed_at IS NULL AND state IN ('booked', 'customer_confirmed')
RETURNING TRUE
"""


async def strand(connection: asyncpg.Connection, seen: Seen, *, now: datetime) -> None:
    await connection.execute(_LOCK, seen.ticket_id)
    if not await connection.fetchval(_MARK, seen.id, now, seen.engineer_id):
        return
    before = await load_by_id(connection, seen.ticket_id)
    text = f"原工程师不能到场，{clock_text(seen.window.start_at)}的上门暂无人可替"
    notices = [
        staff_notice(before, manager, matter=before.service, level="无人可替", hint="请人工安排上门", at=now)
        for manager in await managers_of(connection, before)
    ]
    await add_fact(connection, before, Entry("escalated", text), actor=SYSTEM, now=now, notices=notices)

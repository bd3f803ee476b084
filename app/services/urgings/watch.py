"""An urging that nobody has answered in time goes to the managers: once, one ticket a transaction."""

from datetime import datetime

import asyncpg

from app.services.tickets.load import load_by_id
from app.services.tickets.managers import tell_managers
from app.services.tickets.record import Entry

_DUE = """
SELECT u.id, u.ticket_id, u.n FROM urgings u JOIN tickets t ON t.id = u.ticket_id
 WHERE u.due_at <= $1 AND u.answered_at IS NULL AND u.lapsed_at IS NULL AND u.escalated_at IS NULL
 ORDER BY u.due_at, u.id LIMIT 1 FOR NO KEY UPDATE OF t SKIP LOCKED
"""
_ESCALATED = "UPDATE urgings SET escalated_at = $2 WHERE id = $1"


async def watch_urging(connection: asyncpg.Connection, now: datetime) -> bool:
    """One that is due; False when none is. The caller gives a transaction and commits it."""
    row = await connection.fetchrow(_DUE, now)
    if row is None:
        return False
    s = await load_by_id(connection, row["ticket_id"])
    await connection.execute(_ESCALATED, row["id"], now)
    text = f"客户第{row['n']}次催单超时未答复"
    await tell_managers(connection, s, Entry("urging_late", text), level="催单超时", now=now)
    return True

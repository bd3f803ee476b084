"""A call that was not made in time goes to the managers: once, one ticket a transaction. It stays on the worklist."""

from datetime import datetime

import asyncpg

from app.services.tickets.load import load_by_id
from app.services.tickets.managers import tell_managers
from app.services.tickets.record import Entry

_DUE = """
SELECT f.id, f.ticket_id, f.attempts FROM follow_ups f JOIN tickets t ON t.id = f.ticket_id
 WHERE f.state = 'open' AND f.escalated_at IS NULL AND f.due_at <= $1
 ORDER BY f.due_at, f.id LIMIT 1 FOR NO KEY UPDATE OF t SKIP LOCKED
"""
_ESCALATED = "UPDATE follow_ups SET escalated_at = $2 WHERE id = $1"


async def watch_call(connection: asyncpg.Connection, now: datetime) -> bool:
    """One that is due; False when none is. The caller gives a transaction and commits it."""
    row = await connection.fetchrow(_DUE, now)
    if row is None:
        return False
    s = await load_by_id(connection, row["ticket_id"])
    await connection.execute(_ESCALATED, row["id"], now)
    tried = f"已拨打{row['attempts']}次" if row["attempts"] else "还没有拨打"
    text = f"回访已到期，{tried}"
    await tell_managers(connection, s, Entry("call_late", text), level="回访超时", now=now)
    return True

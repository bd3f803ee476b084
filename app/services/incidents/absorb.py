"""What comes on the key of an incident that lives belongs to it, and is no burst of its own."""

from datetime import datetime, timedelta

import asyncpg

from app.domain.actor import SYSTEM
from app.models.incidents import LIVE_INCIDENTS, Attached
from app.services.incidents.counted import COUNTS, key
from app.services.incidents.propose import gather

# A ticket may be seen some time after the moment it bears: its transaction, or its triage, took so long.
LATE = timedelta(minutes=15)
_SWEPT_EVERY = timedelta(minutes=5)

_NEXT = f"""
SELECT i.id AS incident_id, t.id AS ticket_id
  FROM incidents i
  JOIN tickets t ON t.created_at >= greatest(i.since, i.swept_at - $1::interval) AND {key("t", "i")}
 WHERE i.{LIVE_INCIDENTS} AND {COUNTS} AND t.state NOT IN ('cancelled', 'closed', 'completed', 'confirmed')
   AND NOT EXISTS (SELECT FROM incident_tickets x
                    WHERE x.ticket_id = t.id AND (x.ended_at IS NULL OR x.incident_id = i.id))
 ORDER BY t.id LIMIT 1 FOR NO KEY UPDATE OF t SKIP LOCKED
"""
_SWEPT = (
    f"UPDATE incidents SET swept_at = $1 WHERE {LIVE_INCIDENTS} AND swept_at < $1::timestamptz - $2::interval"
)


async def absorb_one(connection: asyncpg.Connection, now: datetime) -> bool:
    """One newcomer; False when there is none. The caller gives a transaction and commits it."""
    row = await connection.fetchrow(_NEXT, LATE)
    if row is None:
        await connection.execute(_SWEPT, now, _SWEPT_EVERY)
        return False
    newcomer = [row["ticket_id"]]
    await gather(connection, row["incident_id"], newcomer, Attached.MATCH, by=SYSTEM.id, now=now)
    return True

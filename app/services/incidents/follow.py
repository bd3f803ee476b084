"""A ticket of an incident was merged into another one: that one belongs to it from now on."""

from datetime import datetime

import asyncpg

from app.domain.actor import SYSTEM
from app.models.incidents import Attached
from app.services.incidents.propose import gather

_MERGED = """
SELECT x.incident_id, t.id AS ticket_id, s.id AS survivor_id
  FROM incident_tickets x
  JOIN tickets t ON t.id = x.ticket_id
  JOIN tickets s ON s.id = t.merged_into
 WHERE x.ended_at IS NULL AND t.state = 'merged'
 ORDER BY t.id LIMIT 1 FOR NO KEY UPDATE OF t, s SKIP LOCKED
"""
_OVER = """
UPDATE incident_tickets SET ended_at = $3, outcome = 'over' WHERE incident_id = $1 AND ticket_id = $2
"""


async def follow_one(connection: asyncpg.Connection, now: datetime) -> bool:
    """One merge; False when there is none. The caller gives a transaction and commits it."""
    row = await connection.fetchrow(_MERGED)
    if row is None:
        return False
    await connection.execute(_OVER, row["incident_id"], row["ticket_id"], now)
    survivor = [row["survivor_id"]]
    await gather(connection, row["incident_id"], survivor, Attached.MATCH, by=SYSTEM.id, now=now)
    return True

"""Events become deliveries: one row for each endpoint that asked for it, in the transaction that passes the event."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg

from app.services.followers.follow import Follower, Passed, next_events, unpassed

_FAN_OUT = f"""
INSERT INTO webhook_deliveries (endpoint_id, ticket_id, seq, event, due_at, created_at)
SELECT p.id, e.ticket_id, e.seq, e.event, $4, $4
  FROM (SELECT DISTINCT e.ticket_id, e.seq, e.event
          FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS passed (xact, ticket_id, seq)
          JOIN ticket_events e ON {unpassed("e", "passed")}) e
  JOIN webhook_endpoints p ON p.events && ARRAY[e.event, '*']
 ORDER BY e.ticket_id, e.seq
    ON CONFLICT (endpoint_id, ticket_id, seq) DO NOTHING
"""


async def fan_out(connection: asyncpg.Connection, now: datetime) -> bool:
    """Take the next events; False when there were none."""
    passed = await next_events(connection, Follower.WEBHOOKS)
    if passed:
        await queue(connection, passed, now)
    return bool(passed)


async def queue(connection: asyncpg.Connection, passed: Sequence[Passed], now: datetime) -> None:
    places = zip(*((each.xact, each.ticket_id, each.seq) for each in passed), strict=True)
    await connection.execute(_FAN_OUT, *map(list, places), now)

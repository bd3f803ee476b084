"""WeChat reports on every accepted message within seconds; where it did not, somebody should know."""

from datetime import datetime, timedelta

import asyncpg

PATIENCE = timedelta(minutes=10)

_UNREPORTED = """
UPDATE outbox SET reason = 'delivery_unreported'
 WHERE state = 'accepted' AND reason IS NULL AND (channel IS NULL OR channel = 'template')
   AND settled_at < $1 AND settled_at > $1 - interval '1 day'
"""


async def reconcile_deliveries(connection: asyncpg.Connection, now: datetime) -> int:
    """Marks them and says how many; they stay accepted, since WeChat did accept them."""
    done: str = await connection.execute(_UNREPORTED, now - PATIENCE)
    return int(done.rpartition(" ")[2])

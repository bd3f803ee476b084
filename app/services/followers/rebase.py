"""A database that was restored elsewhere: its transactions are counted from the start again."""

import asyncpg

# Transactions of the other cluster, which this one has yet to reach.
_AHEAD = """
SELECT EXISTS (SELECT FROM ticket_events WHERE xact >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint)
    OR EXISTS (SELECT FROM event_cursors WHERE xact >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint)
"""
# What the slowest follower had not passed becomes new; everybody starts there, and whoever knows it already does not
# mind. What all had passed lies before every transaction of this cluster.
_REBASE = """
UPDATE ticket_events e
   SET xact = CASE WHEN (e.xact, e.ticket_id, e.seq) > (c.xact, c.ticket_id, c.seq)
                   THEN pg_current_xact_id()::text::bigint ELSE 0 END
  FROM (SELECT xact, ticket_id, seq FROM event_cursors ORDER BY xact, ticket_id, seq LIMIT 1) c
"""
# Once in the life of a database, and over all events.
_PATIENTLY = "SET LOCAL statement_timeout = 0"
_BEGIN = "UPDATE event_cursors SET xact = 1, ticket_id = 0, seq = 0"


async def rebase(connection: asyncpg.Connection) -> bool:
    """After a restore and before anybody writes events, in a transaction; False when there was nothing to do."""
    if not await connection.fetchval(_AHEAD):
        return False
    await connection.execute(_PATIENTLY)
    await connection.execute(_REBASE)
    await connection.execute(_BEGIN)
    return True

"""What people remember of a ticket, so that the desk finds it by any word: kept beside the ticket, a moment later.

The newest tickets are read through by each search, so nobody notices the moment.
"""

import asyncpg

# Of a row of ``tickets``.
REMEMBERED = (
    "lower(fault || E'\\n' || contact_name || E'\\n' || serial_number || E'\\n' || model || E'\\n'"
    " || coalesce(address->>'detail', ''))"
)
_AT_ONCE = 500
# Whoever took his number early and committed late is still found among so many.
_OVERTAKEN = 2000
_KEEP = f"""
WITH last AS (SELECT coalesce(max(ticket_id), 0) AS id FROM ticket_words)
INSERT INTO ticket_words (ticket_id, pairs)
SELECT t.id, pairs_of({REMEMBERED})
  FROM last, tickets t
 WHERE t.id > last.id - {_OVERTAKEN} AND NOT EXISTS (SELECT FROM ticket_words w WHERE w.ticket_id = t.id)
 ORDER BY t.id LIMIT {_AT_ONCE}
ON CONFLICT DO NOTHING RETURNING 1
"""


async def keep_words(connection: asyncpg.Connection) -> bool:
    """Of the next tickets that have none; False when all have them."""
    return bool(await connection.fetch(_KEEP))

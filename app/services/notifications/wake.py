"""Messages that waited for a better hour: due again, and those of a burst as one card."""

from datetime import datetime

import asyncpg

from app.domain.notices import Kind

# Of a burst the newest message carries the card; the others stay in the inbox as they are.
_WAKE = """
WITH due AS MATERIALIZED (
    SELECT id, kind, recipient_id, slots->>'level' AS level, bundle FROM outbox
     WHERE state = 'deferred' AND available_at <= $1
     ORDER BY available_at, id LIMIT 500 FOR UPDATE SKIP LOCKED
), ranked AS (
    SELECT id, CASE WHEN kind = $2 THEN row_number() OVER (flock ORDER BY id DESC) ELSE 1 END AS place,
           CASE WHEN kind = $2 THEN sum(bundle) OVER flock ELSE bundle END AS bundle
      FROM due WINDOW flock AS (PARTITION BY kind, recipient_id, level)
)
UPDATE outbox o
   SET state = CASE WHEN r.place = 1 THEN 'queued' ELSE 'superseded' END,
       reason = CASE WHEN r.place = 1 THEN NULL ELSE 'coalesced' END,
       bundle = CASE WHEN r.place = 1 THEN r.bundle ELSE o.bundle END,
       settled_at = CASE WHEN r.place = 1 THEN NULL ELSE $1 END
  FROM ranked r WHERE o.id = r.id
"""

# The one kind of which some come in bursts; each level by itself, so that a warning is not lost among reminders.
_BURSTY = Kind.STAFF_NOTICE


async def wake_deferred(connection: asyncpg.Connection, now: datetime) -> int:
    done: str = await connection.execute(_WAKE, now, _BURSTY.value)
    return int(done.rpartition(" ")[2])

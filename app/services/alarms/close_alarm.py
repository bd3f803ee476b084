"""The list of what people have to mend, and taking something off it."""

from dataclasses import dataclass
from datetime import datetime

import asyncpg

from app.domain.actor import Actor
from app.errors import NotFound
from app.services.cursors import after, before

_COLUMNS = "id, kind, subject, detail, rid, times, opened_at, last_at, closed_at, closed_by"
_LIST = f"""
SELECT {_COLUMNS} FROM alarms
 WHERE ($1 OR closed_at IS NULL) AND ($2::bigint IS NULL OR id < $2)
 ORDER BY id DESC LIMIT $3
"""
_CLOSE = f"""
UPDATE alarms SET closed_at = coalesce(closed_at, $2), closed_by = coalesce(closed_by, $3)
 WHERE id = $1 RETURNING {_COLUMNS}
"""


@dataclass(frozen=True)
class AlarmSeen:
    id: str
    kind: str
    subject: str
    detail: str
    rid: str | None
    times: int
    opened_at: datetime
    last_at: datetime
    closed_at: datetime | None
    closed_by: str | None


@dataclass(frozen=True)
class AlarmPage:
    items: list[AlarmSeen]
    next_cursor: str | None


async def list_alarms(
    connection: asyncpg.Connection, *, cursor: str | None, limit: int, closed: bool = False
) -> AlarmPage:
    """Newest first; ``closed`` shows those too that are done with."""
    rows = await connection.fetch(_LIST, closed, before(cursor), limit + 1)
    items = [_seen(row) for row in rows[:limit]]
    return AlarmPage(items, after(rows[limit - 1]["id"]) if len(rows) > limit else None)


async def close_alarm(
    connection: asyncpg.Connection, alarm_id: int, *, actor: Actor, now: datetime
) -> AlarmSeen:
    """Closing it again changes nothing. Raises NotFound."""
    row = await connection.fetchrow(_CLOSE, alarm_id, now, actor.name or actor.id)
    if row is None:
        raise NotFound
    return _seen(row)


async def count_open(connection: asyncpg.Connection) -> int:
    count: int = await connection.fetchval("SELECT count(*) FROM alarms WHERE closed_at IS NULL")
    return count


def _seen(row: asyncpg.Record) -> AlarmSeen:
    return AlarmSeen(**(dict(row) | {"id": str(row["id"])}))

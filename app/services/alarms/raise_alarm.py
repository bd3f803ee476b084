"""Tell people that something is theirs to mend; the same thing again only counts."""

from datetime import datetime

import asyncpg

_RAISE = """
INSERT INTO alarms (kind, subject, detail, rid, opened_at, last_at) VALUES ($1, $2, $3, $4, $5, $5)
ON CONFLICT (kind, subject) WHERE closed_at IS NULL
DO UPDATE SET times = alarms.times + 1, detail = excluded.detail, rid = coalesce(excluded.rid, alarms.rid),
              last_at = greatest(excluded.last_at, alarms.last_at)
"""


async def raise_alarm(
    connection: asyncpg.Connection,
    kind: str,
    subject: str,
    detail: str,
    *,
    now: datetime,
    rid: str | None = None,
) -> None:
    """``kind`` in one word, ``subject`` what it concerns, ``detail`` in Chinese: what happened and what to do."""
    await connection.execute(_RAISE, kind, subject, detail, rid, now)

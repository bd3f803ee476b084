"""The last time that a customer urged: what he was told, and when he may again."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import asyncpg

_LAST = """
SELECT at, reason, promise, due_at, answered_at FROM urgings WHERE ticket_id = $1 ORDER BY at DESC LIMIT 1
"""


@dataclass(frozen=True)
class LastUrging:
    """``again_at`` is None when he may now; ``due_at`` is None when nobody owes him an answer any more."""

    at: datetime
    said: str
    due_at: datetime | None
    again_at: datetime | None


async def last_urging(
    connection: asyncpg.Connection, ticket_id: int, *, cooldown: timedelta, now: datetime
) -> LastUrging | None:
    row = await connection.fetchrow(_LAST, ticket_id)
    if row is None:
        return None
    again = row["at"] + cooldown
    return LastUrging(
        row["at"],
        f"{row['reason']}{row['promise']}",
        None if row["answered_at"] else row["due_at"],
        again if again > now else None,
    )

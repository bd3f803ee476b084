"""What was being written for a customer while he was merged comes after him."""

import uuid
from datetime import datetime, timedelta

import asyncpg
import orjson

from app.services.customers.merge import LOCK
from app.services.customers.owned import OWNED, Moved, Owned, move

# No request lives nearly as long.
_UNDER_WAY = timedelta(hours=1)


def _left(owned: Owned) -> str:
    # What the survivor has already stays behind on purpose.
    return f"EXISTS (SELECT FROM {owned.table} x WHERE {owned.movable('c.id', 'c.merged_into')})"


LEFT_BEHIND = f"""
SELECT c.id FROM customers c WHERE c.merged_into IS NOT NULL AND ({" OR ".join(map(_left, OWNED))})
"""
_LATELY = f"""
{LEFT_BEHIND} AND EXISTS (SELECT FROM customer_merges m WHERE m.customer_id = c.id AND m.undone_at IS NULL
                             AND m.merged_at > $1)
"""
_LIVE = "SELECT id, into_id, moved FROM customer_merges WHERE customer_id = $1 AND undone_at IS NULL"
_APPEND = "UPDATE customer_merges SET moved = $2 WHERE id = $1"


async def adopt(connection: asyncpg.Connection, now: datetime) -> int:
    """How many merged customers still had something. Each step of a chain notes it, so that each can be undone."""
    left = [row["id"] for row in await connection.fetch(_LATELY, now - _UNDER_WAY)]
    for customer_id in left:
        await _follow(connection, customer_id)
    return len(left)


async def _follow(connection: asyncpg.Connection, customer_id: uuid.UUID) -> None:
    target = await connection.fetchval("SELECT merged_into FROM customers WHERE id = $1", customer_id)
    rows = await connection.fetch(LOCK, [customer_id, target])
    if {row["merged_into"] for row in rows if row["id"] == customer_id} != {target}:
        return
    moved = await move(connection, customer_id, target)
    step = await connection.fetchrow(_LIVE, customer_id)
    while step is not None:
        noted = Moved.read(step["moved"]).plus(moved)
        await connection.execute(_APPEND, step["id"], orjson.dumps(noted.document()).decode())
        step = await connection.fetchrow(_LIVE, step["into_id"])

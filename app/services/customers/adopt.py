"""What was being written for a customer while he was merged comes after him."""

import uuid

import asyncpg
import orjson

from app.services.customers.merge import LOCK
from app.services.customers.owned import OWNED, Moved, move

_LEFT_BEHIND = " UNION ".join(
    f"SELECT c.id FROM customers c JOIN {owned.table} x ON x.{owned.column} = c.id WHERE c.merged_into IS NOT NULL"
    for owned in OWNED
    # A folded appliance stays on purpose: its serial number is the survivor's.
    if owned.name != "assets"
)
LEFT_BEHIND = f"""{_LEFT_BEHIND} UNION
SELECT c.id FROM customers c JOIN assets x ON x.customer_id = c.id
 WHERE c.merged_into IS NOT NULL
   AND NOT (x.serial_number <> '' AND EXISTS (SELECT FROM assets k WHERE k.customer_id = c.merged_into
                                                 AND k.serial_number = x.serial_number))
"""
_LIVE = "SELECT id, into_id, moved FROM customer_merges WHERE customer_id = $1 AND undone_at IS NULL"
_APPEND = "UPDATE customer_merges SET moved = $2 WHERE id = $1"


async def adopt(connection: asyncpg.Connection) -> int:
    """How many merged customers still had something. Each step of a chain notes it, so that each can be undone."""
    left = [row["id"] for row in await connection.fetch(LEFT_BEHIND)]
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

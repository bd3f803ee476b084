"""Customers who do not want to be called to be asked how it was: it is kept, and nothing is owed to them any more."""

import uuid
from datetime import datetime

import asyncpg

from app.services.follow_ups.plan import REFUSES

_REFUSED = f"SELECT {REFUSES.format(customer='$1::uuid')}"
_ENTER = "INSERT INTO call_refusals (id, customer_id, created_by, created_at) VALUES ($1, $2::uuid, $3, $4)"
_LIFT = "UPDATE call_refusals SET lifted_at = $2 WHERE customer_id = $1::uuid AND lifted_at IS NULL"
_CLOSE = """
UPDATE follow_ups f SET state = 'refused', closed_at = $2, taken_by = NULL, taken_until = NULL
  FROM tickets t WHERE t.id = f.ticket_id AND t.customer_id = $1::uuid AND f.state = 'open'
"""


async def refuses_calls(connection: asyncpg.Connection, customer_id: str) -> bool:
    refused: bool = await connection.fetchval(_REFUSED, customer_id)
    return refused


async def refuse_calls(connection: asyncpg.Connection, customer_id: str, *, by: str, now: datetime) -> None:
    """Said again, it changes nothing."""
    if not await refuses_calls(connection, customer_id):
        await connection.execute(_ENTER, uuid.uuid4(), customer_id, by, now)
    await connection.execute(_CLOSE, customer_id, now)


async def allow_calls(connection: asyncpg.Connection, customer_id: str, *, now: datetime) -> None:
    """From the next job on; what was closed stays closed."""
    await connection.execute(_LIFT, customer_id, now)

"""The sums above which a manager reviews a quote, as an operator sets them."""

from datetime import datetime

import asyncpg

from app.domain.actor import Actor
from app.schemas.prices import SpendLimitIn, SpendLimitOut

_ALL = (
    "SELECT role, service_type, warranty, limit_fen FROM spend_limits ORDER BY role, service_type, warranty"
)
_PUT = """
INSERT INTO spend_limits (role, service_type, warranty, limit_fen, updated_by, updated_at)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (role, service_type, warranty) DO UPDATE
   SET limit_fen = excluded.limit_fen, updated_by = excluded.updated_by, updated_at = excluded.updated_at
"""


async def spend_limits(connection: asyncpg.Connection) -> list[SpendLimitOut]:
    return [SpendLimitOut.model_validate(dict(row)) for row in await connection.fetch(_ALL)]


async def put_spend_limit(
    connection: asyncpg.Connection, body: SpendLimitIn, *, actor: Actor, now: datetime
) -> SpendLimitOut:
    key = (body.role, body.service_type, body.warranty)
    await connection.execute(_PUT, *key, body.limit_fen, actor.id, now)
    return SpendLimitOut.model_validate(body.model_dump())

"""A customer never wants to see this engineer again: he is not sent there any more, until it is lifted."""

import uuid
from datetime import datetime

import asyncpg

from app.domain.actor import Actor
from app.errors import NotFound
from app.schemas.rules import BanIn, BanList, BanOut
from app.services.plans.unfit import replan_unfit
from app.services.rosters.engineers import known

_KNOWN = "SELECT EXISTS (SELECT FROM customers WHERE id = $1::uuid AND merged_into IS NULL)"
_READ = """
SELECT DISTINCT ON (b.engineer_id) b.engineer_id, s.name, b.reason, b.created_at
  FROM engineer_bans b JOIN staff s ON s.id = b.engineer_id
 WHERE b.customer_id = $1::uuid AND b.lifted_at IS NULL
 ORDER BY b.engineer_id, b.created_at
"""
_ENTER = """
INSERT INTO engineer_bans (id, customer_id, engineer_id, reason, created_by, created_at)
VALUES ($1, $2::uuid, $3::uuid, $4, $5::uuid, $6)
"""
_LIFT = """
UPDATE engineer_bans SET lifted_at = $3, lifted_by = $4::uuid
 WHERE customer_id = $1::uuid AND engineer_id = $2::uuid AND lifted_at IS NULL
"""


async def read_bans(connection: asyncpg.Connection, customer_id: str) -> BanList:
    await _known(connection, customer_id)
    return BanList(items=[BanOut(**row) for row in await connection.fetch(_READ, customer_id)])


async def ban(
    connection: asyncpg.Connection,
    customer_id: str,
    engineer_id: str,
    body: BanIn,
    *,
    actor: Actor,
    now: datetime,
) -> BanList:
    """Said again, it is the same wish with a new reason. For what is booked already, somebody else is looked for."""
    await _known(connection, customer_id)
    await known(connection, engineer_id)
    await connection.execute(_LIFT, customer_id, engineer_id, now, actor.id)
    await connection.execute(_ENTER, uuid.uuid4(), customer_id, engineer_id, body.reason, actor.id, now)
    await replan_unfit(connection, engineer_id, now=now, cause="客户要求换人")
    return await read_bans(connection, customer_id)


async def lift_ban(
    connection: asyncpg.Connection, customer_id: str, engineer_id: str, *, actor: Actor, now: datetime
) -> None:
    await _known(connection, customer_id)
    await connection.execute(_LIFT, customer_id, engineer_id, now, actor.id)


async def _known(connection: asyncpg.Connection, customer_id: str) -> None:
    if not await connection.fetchval(_KNOWN, customer_id):
        raise NotFound("没有找到这位客户。")

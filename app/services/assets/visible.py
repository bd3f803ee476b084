"""Who may see an appliance, and who may change it, written once as SQL over ``assets a``."""

from collections.abc import Mapping
from types import MappingProxyType
from uuid import UUID

import asyncpg

from app.domain.actor import Actor
from app.domain.lifecycle import Role
from app.errors import Forbidden, NotFound

# An engineer sees what he is at work on: the history helps, once the job is his.
_ENGINEER = """EXISTS (
    SELECT FROM tickets t WHERE t.asset_id = a.id AND t.engineer_id = $2::uuid
       AND t.state IN ('accepted', 'scheduled', 'en_route', 'on_site', 'quote_pending', 'in_repair',
                       'waiting_parts', 'suspended'))"""
# One's own, and what others show to a household that both are in.
_CUSTOMER = """(a.customer_id = $2::uuid OR EXISTS (
    SELECT FROM household_members m JOIN household_members o ON o.household_id = m.household_id
     WHERE m.household_id = a.household_id AND m.customer_id = $2::uuid AND o.customer_id = a.customer_id))"""
_DESK = "$2::text IS NOT NULL"
VISIBLE: Mapping[Role, str] = MappingProxyType(
    {
        Role.CUSTOMER: _CUSTOMER,
        Role.ENGINEER: _ENGINEER,
        # Its engineers see what they are at work on; whoever sends them need not.
        Role.CONTRACTOR: "$2::text IS NULL",
        Role.AGENT: _DESK,
        Role.MANAGER: _DESK,
        Role.ADMIN: _DESK,
    }
)


async def visible_asset(
    connection: asyncpg.Connection, asset_id: UUID, actor: Actor, *, lock: bool = False
) -> asyncpg.Record:
    """The row of ``assets`` as far as ``actor`` may see it; NotFound when he may not."""
    found = f"SELECT a.* FROM assets a WHERE a.id = $1 AND {VISIBLE[actor.role]}"
    row = await connection.fetchrow(found + (" FOR NO KEY UPDATE" if lock else ""), asset_id, actor.id)
    if row is None:
        raise NotFound("没有找到这台设备。")
    return row


async def changeable_asset(connection: asyncpg.Connection, asset_id: UUID, actor: Actor) -> asyncpg.Record:
    """As ``visible_asset``, locked, for its owner and the desk. Raises Forbidden for whoever only may look."""
    row = await visible_asset(connection, asset_id, actor, lock=True)
    if actor.role is Role.ENGINEER or _is_anothers(row, actor):
        raise Forbidden
    return row


async def owned_asset(connection: asyncpg.Connection, asset_id: UUID, actor: Actor) -> asyncpg.Record:
    """As ``visible_asset``, locked, for the customer whose it is and nobody else. Raises Forbidden."""
    row = await visible_asset(connection, asset_id, actor, lock=True)
    if actor.role is not Role.CUSTOMER or _is_anothers(row, actor):
        raise Forbidden
    return row


def _is_anothers(row: asyncpg.Record, actor: Actor) -> bool:
    return actor.role is Role.CUSTOMER and str(row["customer_id"]) != actor.id

"""Which roles sign in with a second factor, and who is without one meanwhile."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg

from app.domain.actor import Actor
from app.domain.lifecycle import Role
from app.models.people import StaffRole
from app.services.audit.note import Action, note
from app.services.second_factor.standing import standing_of
from app.services.staff.accounts import ROLE_LABELS

_READ = "SELECT role FROM second_factor_roles ORDER BY role"
_REST = "DELETE FROM second_factor_roles WHERE NOT role = ANY ($1::text[])"
_DEMAND = """
INSERT INTO second_factor_roles (role, demanded_by, created_at) SELECT unnest($1::text[]), $2::uuid, $3
ON CONFLICT DO NOTHING
"""
# Those who can do the most harm are asked, before anybody demands it.
_INVITED = frozenset({Role.MANAGER, Role.ADMIN})


async def demanded_roles(connection: asyncpg.Connection) -> list[StaffRole]:
    return [StaffRole(row["role"]) for row in await connection.fetch(_READ)]


async def demand(
    connection: asyncpg.Connection, roles: Sequence[StaffRole], *, actor: Actor, network: str, now: datetime
) -> list[StaffRole]:
    """Of exactly these, from their next sign-in on: whoever has none sets one up then."""
    wanted = [role.value for role in roles]
    await connection.execute(_REST, wanted)
    await connection.execute(_DEMAND, wanted, actor.id, now)
    said = "、".join(ROLE_LABELS[role] for role in dict.fromkeys(roles)) or "不要求"
    await note(
        connection, actor, Action.SECOND_FACTOR_ROLES, "两步验证", reason=said, network=network, now=now
    )
    return await demanded_roles(connection)


async def is_invited(connection: asyncpg.Connection, actor: Actor) -> bool:
    return actor.role in _INVITED and not (await standing_of(connection, actor.id)).on

"""Who is in a household and who manages it: leaving, removing, handing over."""

from datetime import datetime
from uuid import UUID

import asyncpg

from app.domain.actor import Actor
from app.errors import Conflict, Forbidden, NotFound
from app.schemas.households import HouseholdOut
from app.services.households.found import owns_few
from app.services.households.read import NoSuchHousehold, household_of

# Whoever changes a household waits for the others who do.
_LOCK = """
SELECT h.id, h.name, h.owner_id FROM households h
 WHERE h.id = $1 AND EXISTS (SELECT FROM household_members m WHERE m.household_id = h.id AND m.customer_id = $2::uuid)
   FOR NO KEY UPDATE OF h
"""
_MEMBER = "SELECT customer_id FROM household_members WHERE household_id = $1 AND id = $2"
_LEAVE = "DELETE FROM household_members WHERE household_id = $1 AND id = $2"
_OTHERS = """
SELECT EXISTS (SELECT FROM household_members m JOIN customers c ON c.id = m.customer_id
                WHERE m.household_id = $1 AND m.id <> $2 AND c.merged_into IS NULL)
"""
_DISSOLVE = "DELETE FROM households WHERE id = $1"
_TAKE_ALONG = "UPDATE assets SET household_id = NULL WHERE household_id = $1 AND customer_id = $2"
_HAND_OVER = "UPDATE households SET owner_id = $2 WHERE id = $1"
_AUDIT = """
INSERT INTO audit_log (at, actor_role, actor_id, action, subject, reason) VALUES ($1, $2, $3, $4, $5, $6)
"""


class OwnerLeaves(Conflict):
    code, msg = "owner_leaves", "您是这个家庭的管理人，请先把家庭交给另一位成员，再退出。"


class NoSuchMember(NotFound):
    msg = "没有找到这位家庭成员。"


async def managed(connection: asyncpg.Connection, household_id: UUID, actor: Actor) -> asyncpg.Record:
    """Locked. Errors: not_found for whoever is no member, forbidden for a member who does not manage it."""
    row = await locked(connection, household_id, actor)
    if str(row["owner_id"]) != actor.id:
        raise Forbidden("只有家庭的管理人可以这样做。")
    return row


async def locked(connection: asyncpg.Connection, household_id: UUID, actor: Actor) -> asyncpg.Record:
    row = await connection.fetchrow(_LOCK, household_id, actor.id)
    if row is None:
        raise NoSuchHousehold
    return row


async def remove_member(
    connection: asyncpg.Connection, household_id: UUID, member_id: UUID, *, actor: Actor, now: datetime
) -> None:
    """Oneself, or as its owner somebody else. What is his is no longer shared; the last one takes all with him.

    Errors: not_found, forbidden, owner_leaves.
    """
    household = await locked(connection, household_id, actor)
    customer_id = await connection.fetchval(_MEMBER, household_id, member_id)
    if customer_id is None:
        raise NoSuchMember
    itself = str(customer_id) == actor.id
    if not itself and str(household["owner_id"]) != actor.id:
        raise Forbidden("只有家庭的管理人可以移出成员。")
    if customer_id == household["owner_id"]:
        if await connection.fetchval(_OTHERS, household_id, member_id):
            raise OwnerLeaves
        await connection.execute(_DISSOLVE, household_id)
    else:
        await connection.execute(_TAKE_ALONG, household_id, customer_id)
        await connection.execute(_LEAVE, household_id, member_id)
    action = "leave_household" if itself else "remove_from_household"
    await log(connection, action, household_id, str(customer_id), actor=actor, now=now)


async def change_owner(
    connection: asyncpg.Connection, household_id: UUID, member_id: UUID, *, actor: Actor, now: datetime
) -> HouseholdOut:
    """Errors: not_found, forbidden, too_many_households."""
    await managed(connection, household_id, actor)
    customer_id = await connection.fetchval(_MEMBER, household_id, member_id)
    if customer_id is None:
        raise NoSuchMember
    if str(customer_id) != actor.id:
        await owns_few(connection, customer_id)
        await connection.execute(_HAND_OVER, household_id, customer_id)
        await log(connection, "hand_over_household", household_id, str(customer_id), actor=actor, now=now)
    return await household_of(connection, household_id, actor=actor)


async def log(
    connection: asyncpg.Connection, action: str, household_id: UUID, whom: str, *, actor: Actor, now: datetime
) -> None:
    """Who let whom see what is asked for when people fall out."""
    await connection.execute(_AUDIT, now, actor.role.value, actor.id, action, str(household_id), whom)

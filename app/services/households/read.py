"""A household as its members see it: each other masked, as everywhere."""

from uuid import UUID

import asyncpg

from app.domain.actor import Actor
from app.domain.content import shown_name
from app.errors import NotFound
from app.schemas.common import mask_phone
from app.schemas.households import HouseholdOut, MemberOut

_MINE = """
SELECT h.id, h.name, h.owner_id FROM households h JOIN household_members mine ON mine.household_id = h.id
 WHERE mine.customer_id = $1::uuid ORDER BY mine.joined_at, h.id
"""
_ONE = """
SELECT h.id, h.name, h.owner_id FROM households h JOIN household_members mine ON mine.household_id = h.id
 WHERE mine.customer_id = $1::uuid AND h.id = $2
"""
# A record that became a part of another customer is no person any more.
_MEMBERS = """
SELECT m.id, m.household_id, m.customer_id, m.joined_at, c.phone,
       CASE WHEN EXISTS (SELECT FROM content_checks k WHERE k.subject_kind = 'nickname' AND k.state = 'passed'
                            AND k.subject_id = c.id::text) THEN c.nickname ELSE '' END AS nickname
  FROM household_members m JOIN households h ON h.id = m.household_id JOIN customers c ON c.id = m.customer_id
 WHERE m.household_id = ANY ($1::uuid[]) AND c.merged_into IS NULL
 ORDER BY m.customer_id <> h.owner_id, m.joined_at, m.id
"""


class NoSuchHousehold(NotFound):
    msg = "没有找到这个家庭。"


async def list_households(connection: asyncpg.Connection, *, actor: Actor) -> list[HouseholdOut]:
    """Those that the caller is a member of, in the order in which he joined them."""
    return await _shown(connection, await connection.fetch(_MINE, actor.id), actor)


async def household_of(connection: asyncpg.Connection, household_id: UUID, *, actor: Actor) -> HouseholdOut:
    """Errors: not_found for whoever is no member."""
    found = await _shown(connection, await connection.fetch(_ONE, actor.id, household_id), actor)
    if not found:
        raise NoSuchHousehold
    return found[0]


async def _shown(
    connection: asyncpg.Connection, rows: list[asyncpg.Record], actor: Actor
) -> list[HouseholdOut]:
    members = await connection.fetch(_MEMBERS, [row["id"] for row in rows])
    return [
        HouseholdOut(
            id=str(row["id"]),
            name=row["name"],
            mine=str(row["owner_id"]) == actor.id,
            members=[
                _member(member, row["owner_id"], actor)
                for member in members
                if member["household_id"] == row["id"]
            ],
        )
        for row in rows
    ]


def _member(row: asyncpg.Record, owner_id: UUID, actor: Actor) -> MemberOut:
    return MemberOut(
        id=str(row["id"]),
        name_masked=shown_name(row["nickname"]),
        phone_masked=mask_phone(row["phone"]) if row["phone"] else "",
        is_owner=row["customer_id"] == owner_id,
        is_me=str(row["customer_id"]) == actor.id,
        joined_at=row["joined_at"],
    )

"""Open a household: whoever does is its first member, and invites the others."""

from datetime import datetime
from uuid import UUID, uuid4

import asyncpg

from app.errors import Conflict
from app.schemas.households import HouseholdIn, HouseholdOut
from app.services.households.read import household_of
from app.services.idempotency import Once

# A flat, the parents' house and the shop; more of them are a mistake or mischief.
MOST_OWNED = 5

# Before any household: a merge takes them in the same order.
_ONE_AT_A_TIME = "SELECT FROM customers WHERE id = $1::uuid FOR NO KEY UPDATE"
_OWNED = "SELECT count(*) FROM households WHERE owner_id = $1::uuid"
_FOUND = "INSERT INTO households (id, name, owner_id, created_at) VALUES ($1, $2, $3::uuid, $4)"
JOIN = """
INSERT INTO household_members (id, household_id, customer_id, joined_at) VALUES ($1, $2, $3::uuid, $4)
ON CONFLICT DO NOTHING
"""


class TooManyHouseholds(Conflict):
    code, msg = "too_many_households", f"一位客户最多管理 {MOST_OWNED} 个家庭。"


async def found_household(
    connection: asyncpg.Connection, body: HouseholdIn, *, once: Once, now: datetime
) -> HouseholdOut:
    """Errors: too_many_households."""
    if earlier := await once.earlier(connection, now):
        return HouseholdOut.model_validate(earlier)
    await connection.execute(_ONE_AT_A_TIME, once.actor.id)
    await owns_few(connection, once.actor.id)
    household_id = uuid4()
    await connection.execute(_FOUND, household_id, body.name, once.actor.id, now)
    await connection.execute(JOIN, uuid4(), household_id, once.actor.id, now)
    made = await household_of(connection, household_id, actor=once.actor)
    await once.keep(connection, made.model_dump())
    return made


async def owns_few(connection: asyncpg.Connection, customer_id: str | UUID) -> None:
    """Whether he may own one more. Raises TooManyHouseholds."""
    if await connection.fetchval(_OWNED, customer_id) >= MOST_OWNED:
        raise TooManyHouseholds

"""Show an appliance to a household, or no longer."""

from uuid import UUID

import asyncpg

from app.domain.actor import Actor
from app.errors import InvalidInput
from app.services.assets.visible import owned_asset

_MEMBER = "SELECT EXISTS (SELECT FROM household_members WHERE household_id = $1 AND customer_id = $2::uuid)"
_SHARE = "UPDATE assets SET household_id = $2 WHERE id = $1"


async def share_asset(
    connection: asyncpg.Connection, asset_id: UUID, household_id: UUID | None, *, actor: Actor
) -> None:
    """Errors: not_found, forbidden for a member whose it is not, invalid_input for a household that is not his."""
    await owned_asset(connection, asset_id, actor)
    if household_id is not None and not await connection.fetchval(_MEMBER, household_id, actor.id):
        raise InvalidInput.at("body.household_id", "您不是这个家庭的成员。", "not_found")
    await connection.execute(_SHARE, asset_id, household_id)

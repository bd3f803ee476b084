"""Take an appliance off one's list, and back: what was done to it stays, since figures and warranties rest on it."""

from datetime import datetime
from uuid import UUID

import asyncpg

from app.domain.actor import Actor
from app.services.assets.transfer import not_at_work, withdraw_offer
from app.services.assets.visible import owned_asset
from app.services.membership.award import one_at_a_time, registered, taken_off

_REMOVE = (
    "UPDATE assets SET removed_at = $2, household_id = NULL WHERE id = $1 AND removed_at IS NULL RETURNING id"
)
_RESTORE = "UPDATE assets SET removed_at = NULL WHERE id = $1 AND removed_at IS NOT NULL RETURNING id"


async def remove_asset(
    connection: asyncpg.Connection, asset_id: UUID, *, actor: Actor, now: datetime
) -> None:
    """Its household sees it no more, an open offer ends, and its points go back. Said again, it changes nothing.

    Errors: not_found, forbidden, asset_at_work.
    """
    await owned_asset(connection, asset_id, actor)
    await not_at_work(connection, asset_id)
    await withdraw_offer(connection, asset_id, actor=actor, now=now)
    if await connection.fetchval(_REMOVE, asset_id, now) is not None:
        await taken_off(connection, asset_id, actor.id, now)


async def restore_asset(
    connection: asyncpg.Connection, asset_id: UUID, *, actor: Actor, now: datetime
) -> None:
    """Errors: not_found, forbidden."""
    await one_at_a_time(connection, actor.id)
    await owned_asset(connection, asset_id, actor)
    if await connection.fetchval(_RESTORE, asset_id) is not None:
        await registered(connection, asset_id, actor.id, now)

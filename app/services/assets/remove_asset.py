"""Take an appliance off one's list, and back: what was done to it stays, since figures and warranties rest on it."""

from datetime import datetime
from uuid import UUID

import asyncpg

from app.domain.actor import Actor
from app.services.assets.transfer import not_at_work, withdraw_offer
from app.services.assets.visible import owned_asset

_REMOVE = "UPDATE assets SET removed_at = $2, household_id = NULL WHERE id = $1 AND removed_at IS NULL"
_RESTORE = "UPDATE assets SET removed_at = NULL WHERE id = $1"


async def remove_asset(
    connection: asyncpg.Connection, asset_id: UUID, *, actor: Actor, now: datetime
) -> None:
    """Its household sees it no more and an open offer ends. Said again, it changes nothing.

    Errors: not_found, forbidden, asset_at_work.
    """
    await owned_asset(connection, asset_id, actor)
    await not_at_work(connection, asset_id)
    await withdraw_offer(connection, asset_id, actor=actor, now=now)
    await connection.execute(_REMOVE, asset_id, now)


async def restore_asset(connection: asyncpg.Connection, asset_id: UUID, *, actor: Actor) -> None:
    """Errors: not_found, forbidden."""
    await owned_asset(connection, asset_id, actor)
    await connection.execute(_RESTORE, asset_id)

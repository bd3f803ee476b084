"""Publish a price table: from its day on it is in force, and nothing of it changes any more."""

from datetime import date, datetime

import asyncpg

from app.domain.actor import Actor
from app.errors import InvalidInput
from app.schemas.prices import PriceListDetail
from app.services.prices.current import day_of
from app.services.prices.draft import open_draft
from app.services.prices.lists import price_list

_EMPTY = "SELECT NOT EXISTS (SELECT FROM price_items WHERE list_version = $1 AND active)"
_PUBLISH = """
UPDATE price_lists SET valid_from = $2, published_at = $3, published_by = $4 WHERE version = $1
"""


async def publish_list(
    connection: asyncpg.Connection, version: int, valid_from: date, *, actor: Actor, now: datetime
) -> PriceListDetail:
    """Today at the earliest. Errors: not_found, price_list_published, invalid_input."""
    await open_draft(connection, version)
    if valid_from < day_of(now):
        raise InvalidInput.at("body.valid_from", "生效日期不能早于今天。", "in_the_past")
    if await connection.fetchval(_EMPTY, version):
        raise InvalidInput.at("path.version", "这份价目表还没有项目，不能发布。", "empty")
    await connection.execute(_PUBLISH, version, valid_from, now, actor.id)
    return await price_list(connection, version)

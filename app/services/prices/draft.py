"""Prepare the next price table: it begins as a copy of the newest one, and is edited until it is published."""

from datetime import datetime

import asyncpg

from app.errors import Conflict, NotFound
from app.schemas.prices import DraftIn, DraftTerms, PriceItemIn, PriceLine, PriceListDetail
from app.services.idempotency import Once
from app.services.prices.lists import price_list

# Drafts are begun, edited and published one at a time; published lists are read without waiting for any of it.
_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended('price lists', 0))"
_DRAFT = "SELECT version FROM price_lists WHERE published_at IS NULL"
_STATE = "SELECT published_at IS NULL FROM price_lists WHERE version = $1"
_BEGIN = """
INSERT INTO price_lists (version, complaint_phone, note, created_by, created_at)
SELECT coalesce(max(version), 0) + 1,
       coalesce((SELECT complaint_phone FROM price_lists ORDER BY version DESC LIMIT 1), ''), $1, $2, $3
  FROM price_lists
RETURNING version
"""
_COPY = """
INSERT INTO price_items (list_version, code, kind, category, name, unit, unit_price_fen, warranty_days, part_code,
                         waived_with_repair, active)
SELECT $1::bigint, code, kind, category, name, unit, unit_price_fen, warranty_days, part_code,
       waived_with_repair, active
  FROM price_items WHERE list_version = $1::bigint - 1
"""
_COPY_OVERRIDES = """
INSERT INTO price_overrides (list_version, code, city, unit_price_fen)
SELECT $1::bigint, code, city, unit_price_fen FROM price_overrides WHERE list_version = $1::bigint - 1
"""
_TERMS = "UPDATE price_lists SET complaint_phone = $2, note = $3 WHERE version = $1"
_PUT = """
INSERT INTO price_items (list_version, code, kind, category, name, unit, unit_price_fen, warranty_days, part_code,
                         waived_with_repair, active)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
ON CONFLICT (list_version, code) DO UPDATE
   SET kind = excluded.kind, category = excluded.category, name = excluded.name, unit = excluded.unit,
       unit_price_fen = excluded.unit_price_fen, warranty_days = excluded.warranty_days,
       part_code = excluded.part_code, waived_with_repair = excluded.waived_with_repair, active = excluded.active
"""
_NO_OVERRIDES = "DELETE FROM price_overrides WHERE list_version = $1 AND code = $2"
_OVERRIDES = """
INSERT INTO price_overrides (list_version, code, city, unit_price_fen)
SELECT $1, $2, n.city, n.fen FROM unnest($3::text[], $4::bigint[]) AS n (city, fen)
"""
_REMOVE = "DELETE FROM price_items WHERE list_version = $1 AND code = $2 RETURNING 1"


class DraftExists(Conflict):
    code, msg = "draft_exists", "已有一份未发布的价目表，请在它上面修改。"


class ListIsPublished(Conflict):
    code, msg = "price_list_published", "已发布的价目表不能修改，请新建一份草稿。"


async def begin_draft(
    connection: asyncpg.Connection, body: DraftIn, *, once: Once, now: datetime
) -> PriceListDetail:
    """Errors: draft_exists, with the version of the one there is."""
    await connection.execute(_ONE_AT_A_TIME)
    if earlier := await once.earlier(connection, now):
        return PriceListDetail.model_validate(earlier)
    if (draft := await connection.fetchval(_DRAFT)) is not None:
        raise DraftExists(extra={"version": draft})
    version = await connection.fetchval(_BEGIN, body.note, once.actor.id, now)
    await connection.execute(_COPY, version)
    await connection.execute(_COPY_OVERRIDES, version)
    made = await price_list(connection, version)
    await once.keep(connection, made.model_dump(mode="json"))
    return made


async def set_terms(connection: asyncpg.Connection, version: int, body: DraftTerms) -> PriceListDetail:
    await open_draft(connection, version)
    await connection.execute(_TERMS, version, body.complaint_phone, body.note)
    return await price_list(connection, version)


async def put_item(connection: asyncpg.Connection, version: int, code: str, body: PriceItemIn) -> PriceLine:
    await open_draft(connection, version)
    await connection.execute(
        _PUT,
        version,
        code,
        body.kind.value,
        body.category,
        body.name,
        body.unit,
        body.unit_price_fen,
        body.warranty_days,
        body.part_code,
        body.waived_with_repair,
        body.active,
    )
    await connection.execute(_NO_OVERRIDES, version, code)
    cities = body.city_prices
    await connection.execute(_OVERRIDES, version, code, list(cities), list(cities.values()))
    return PriceLine(code=code, **body.model_dump())


async def remove_item(connection: asyncpg.Connection, version: int, code: str) -> None:
    await open_draft(connection, version)
    if await connection.fetchval(_REMOVE, version, code) is None:
        raise NotFound("这份价目表里没有这个项目。")


async def open_draft(connection: asyncpg.Connection, version: int) -> None:
    """For whoever changes the draft. Errors: not_found, price_list_published."""
    await connection.execute(_ONE_AT_A_TIME)
    is_draft = await connection.fetchval(_STATE, version)
    if is_draft is None:
        raise NotFound("没有这个版本的价目表。")
    if not is_draft:
        raise ListIsPublished

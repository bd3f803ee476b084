"""The versions of the price table, as those who look after it read them."""

import asyncpg

from app.errors import NotFound
from app.schemas.prices import PriceLine, PriceListDetail, PriceListOut

_ALL = """
SELECT version, valid_from, complaint_phone, note, created_at, published_at FROM price_lists ORDER BY version DESC
"""
_ONE = """
SELECT version, valid_from, complaint_phone, note, created_at, published_at FROM price_lists WHERE version = $1
"""
_LINES = """
SELECT i.code, i.kind, i.category, i.name, i.unit, i.unit_price_fen, i.warranty_days, i.part_code,
       i.waived_with_repair, i.active,
       coalesce((SELECT jsonb_object_agg(o.city, o.unit_price_fen) FROM price_overrides o
                  WHERE o.list_version = i.list_version AND o.code = i.code), '{}') AS city_prices
  FROM price_items i WHERE i.list_version = $1 ORDER BY i.category, i.code
"""


async def price_lists(connection: asyncpg.Connection) -> list[PriceListOut]:
    return [PriceListOut.model_validate(dict(row)) for row in await connection.fetch(_ALL)]


async def price_list(connection: asyncpg.Connection, version: int) -> PriceListDetail:
    row = await connection.fetchrow(_ONE, version)
    if row is None:
        raise NotFound("没有这个版本的价目表。")
    items = [PriceLine.model_validate(dict(line)) for line in await connection.fetch(_LINES, version)]
    return PriceListDetail(**dict(row), items=items)

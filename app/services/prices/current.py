"""The price table that is in force: what is charged, and what everybody may read."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

import asyncpg

from app.domain.pricing import Price, PriceKind
from app.domain.zone import ZONE

# Of two lists for one day, the later version; ``$1`` is a day in China.
IN_FORCE = """
SELECT version FROM price_lists WHERE valid_from <= $1::date ORDER BY valid_from DESC, version DESC LIMIT 1
"""
_LIST = f"SELECT version, valid_from, complaint_phone FROM price_lists WHERE version = ({IN_FORCE})"
_ITEMS = f"""
SELECT i.list_version, i.code, i.kind, i.category, i.name, i.unit, i.warranty_days, i.part_code,
       i.waived_with_repair, coalesce(o.unit_price_fen, i.unit_price_fen) AS unit_price_fen
  FROM price_items i
  LEFT JOIN price_overrides o ON o.list_version = i.list_version AND o.code = i.code AND o.city = $2
 WHERE i.list_version = ({IN_FORCE}) AND i.active
"""
_BY_CODE = f"{_ITEMS} AND i.code = ANY ($3::text[]) AND i.category IN ($4, '')"
# What is asked for coming, by kind; a category may have a fee of its own.
_FEES = f"""
SELECT DISTINCT ON (kind) * FROM ({_ITEMS} AND i.kind IN ('call_out', 'empty_trip') AND i.category IN ($3, '')) fees
 ORDER BY kind, category DESC, code
"""
# Items without a category go with every category.
_SHOWN = f"{_ITEMS} AND ($3::text = '' OR i.category IN ($3, '')) ORDER BY i.category, i.code"
_PHONE = "SELECT phone FROM service_points WHERE city = $1 ORDER BY name LIMIT 1"


@dataclass(frozen=True)
class Published:
    """``version`` is None before anything was ever published."""

    version: int | None
    valid_from: date | None
    complaint_phone: str
    items: tuple[asyncpg.Record, ...]


async def prices_of(
    connection: asyncpg.Connection, codes: Collection[str], *, category: str, city: str, now: datetime
) -> dict[str, Price]:
    """By code; a code that is not for this category is missing."""
    rows = await connection.fetch(_BY_CODE, day_of(now), city, list(codes), category)
    return {row["code"]: _price(row) for row in rows}


async def call_out_prices(
    connection: asyncpg.Connection, *, category: str, city: str, now: datetime
) -> tuple[Price | None, Price | None]:
    """For coming, and for coming in vain; None where the table has none."""
    rows = await connection.fetch(_FEES, day_of(now), city, category)
    found = {price.kind: price for price in map(_price, rows)}
    return found.get(PriceKind.CALL_OUT), found.get(PriceKind.EMPTY_TRIP)


async def published(connection: asyncpg.Connection, *, category: str, city: str, now: datetime) -> Published:
    """What the law wants to be public: each price, how long the work is answered for, and whom to complain to."""
    row = await connection.fetchrow(_LIST, day_of(now))
    items = await connection.fetch(_SHOWN, day_of(now), city, category)
    phone = await complaint_phone(connection, city=city, now=now)
    if row is None:
        return Published(None, None, phone, ())
    return Published(row["version"], row["valid_from"], phone, tuple(items))


async def complaint_phone(connection: asyncpg.Connection, *, city: str, now: datetime) -> str:
    """The one of the price table; that of the branch where the table names none."""
    row = await connection.fetchrow(_LIST, day_of(now))
    named: str = row["complaint_phone"] if row else ""
    return named or await connection.fetchval(_PHONE, city) or ""


def day_of(now: datetime) -> date:
    return now.astimezone(ZONE).date()


def _price(row: asyncpg.Record) -> Price:
    return Price(
        list_version=row["list_version"],
        code=row["code"],
        kind=PriceKind(row["kind"]),
        name=row["name"],
        unit=row["unit"],
        unit_price_fen=row["unit_price_fen"],
        warranty_days=row["warranty_days"],
        part_code=row["part_code"],
        waived_with_repair=row["waived_with_repair"],
    )

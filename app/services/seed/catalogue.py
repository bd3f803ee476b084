"""What the brand sells and what its service costs: the part of the seed that a real installation wants too."""

import tomllib
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

import asyncpg

from app.domain import pricing
from app.domain.pricing import PriceKind
from app.domain.zone import ZONE
from app.services.seed.town import DATA

_PRODUCTS = """
INSERT INTO products (category, brand, model, name, warranty_months)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[])
ON CONFLICT (brand, model) DO NOTHING
"""
# A price table that is published does not change: where there is any, it is the operator's.
_LIST = """
INSERT INTO price_lists (version, complaint_phone, note, created_by)
SELECT 1, $1, '初始价目表', 'system' WHERE NOT EXISTS (SELECT FROM price_lists)
RETURNING version
"""
_PRICES = """
INSERT INTO price_items (list_version, code, kind, category, name, unit, unit_price_fen, warranty_days, part_code,
                         active)
SELECT 1, n.code, n.kind, n.category, n.name, n.unit, n.fen, n.days, CASE WHEN n.kind = 'part' THEN n.code ELSE '' END,
       TRUE
  FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::bigint[])
       AS n (code, kind, category, name, unit, fen, days)
"""
_OVERRIDES = """
INSERT INTO price_overrides (list_version, code, city, unit_price_fen)
SELECT 1, n.code, n.city, n.fen FROM unnest($1::text[], $2::text[], $3::bigint[]) AS n (code, city, fen)
"""
_PUBLISH = """
UPDATE price_lists SET valid_from = $1, published_at = $2, published_by = 'system' WHERE version = 1
"""


@dataclass(frozen=True)
class ProductRow:
    category: str
    model: str
    name: str
    warranty_months: int


@dataclass(frozen=True)
class Price:
    code: str
    kind: PriceKind
    category: str
    name: str
    unit: str
    fen: int
    warranty_days: int


@dataclass(frozen=True)
class Catalogue:
    brand: str
    complaint_phone: str
    products: tuple[ProductRow, ...]
    prices: tuple[Price, ...]
    # Each is the code of an item, a city, and what the item costs there.
    overrides: tuple[tuple[str, str, int], ...]

    def product(self, model: str) -> ProductRow:
        return next(product for product in self.products if product.model == model)

    def published(self, code: str, city: str) -> pricing.Price:
        """As the service itself would read it."""
        price = self.price(code, city)
        part_code = code if price.kind is PriceKind.PART else ""
        return pricing.Price(
            0, code, price.kind, price.name, price.unit, price.fen, price.warranty_days, part_code
        )

    def price(self, code: str, city: str = "") -> Price:
        price = next(price for price in self.prices if price.code == code)
        fen = next((fen for item, where, fen in self.overrides if (item, where) == (code, city)), price.fen)
        return replace(price, fen=fen)


# Of the work, unless the row itself says how long.
_WARRANTY_DAYS = {"call_out": 0, "empty_trip": 0, "surcharge": 0, "labour": 90, "part": 365}


@lru_cache
def load_catalogue() -> Catalogue:
    with (DATA / "catalogue.toml").open("rb") as file:
        content = tomllib.load(file)
    prices = (
        Price(code, PriceKind(kind), table["category"], name, unit, fen, *(days or [_WARRANTY_DAYS[kind]]))
        for table in content["price"]
        for code, kind, name, unit, fen, *days in table["items"]
    )
    overrides = (
        (code, table["city"], fen) for table in content["city_price"] for code, fen in table["items"]
    )
    return Catalogue(
        content["brand"],
        content["complaint_phone"],
        tuple(ProductRow(*row) for row in content["products"]),
        tuple(prices),
        tuple(overrides),
    )


async def plant_catalogue(connection: asyncpg.Connection, catalogue: Catalogue, since: datetime) -> None:
    """Adds what is missing; a price table that somebody has published stays as it is."""
    products = catalogue.products
    await connection.execute(
        _PRODUCTS,
        [p.category for p in products],
        [catalogue.brand for _ in products],
        [p.model for p in products],
        [p.name for p in products],
        [p.warranty_months for p in products],
    )
    if await connection.fetchval(_LIST, catalogue.complaint_phone) is not None:
        await _plant_prices(connection, catalogue, since)


async def _plant_prices(connection: asyncpg.Connection, catalogue: Catalogue, since: datetime) -> None:
    prices, overrides = catalogue.prices, catalogue.overrides
    await connection.execute(
        _PRICES,
        [p.code for p in prices],
        [p.kind.value for p in prices],
        [p.category for p in prices],
        [p.name for p in prices],
        [p.unit for p in prices],
        [p.fen for p in prices],
        [p.warranty_days for p in prices],
    )
    codes, cities, fens = zip(*overrides, strict=True)
    await connection.execute(_OVERRIDES, list(codes), list(cities), list(fens))
    await connection.execute(_PUBLISH, since.astimezone(ZONE).date(), since)

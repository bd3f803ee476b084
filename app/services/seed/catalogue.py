"""What the brand sells and what its service costs: the part of the seed that a real installation wants too."""

import tomllib
from dataclasses import dataclass
from functools import lru_cache

import asyncpg

from app.models.catalogue import PriceKind
from app.services.seed.town import DATA

_PRODUCTS = """
INSERT INTO products (category, brand, model, name, warranty_months)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[])
ON CONFLICT (brand, model) DO NOTHING
"""
_PRICES = """
INSERT INTO price_items (code, kind, category, name, unit, unit_price_fen, active)
SELECT *, TRUE FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[])
ON CONFLICT (code) DO NOTHING
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


@dataclass(frozen=True)
class Catalogue:
    brand: str
    products: tuple[ProductRow, ...]
    prices: tuple[Price, ...]

    def product(self, model: str) -> ProductRow:
        return next(product for product in self.products if product.model == model)

    def price(self, code: str) -> Price:
        return next(price for price in self.prices if price.code == code)


@lru_cache
def load_catalogue() -> Catalogue:
    with (DATA / "catalogue.toml").open("rb") as file:
        content = tomllib.load(file)
    prices = (
        Price(code, PriceKind(kind), table["category"], name, unit, fen)
        for table in content["price"]
        for code, kind, name, unit, fen in table["items"]
    )
    return Catalogue(content["brand"], tuple(ProductRow(*row) for row in content["products"]), tuple(prices))


async def plant_catalogue(connection: asyncpg.Connection, catalogue: Catalogue) -> None:
    """Adds what is missing; prices that somebody has changed stay as they are."""
    products, prices = catalogue.products, catalogue.prices
    await connection.execute(
        _PRODUCTS,
        [p.category for p in products],
        [catalogue.brand for _ in products],
        [p.model for p in products],
        [p.name for p in products],
        [p.warranty_months for p in products],
    )
    await connection.execute(
        _PRICES,
        [p.code for p in prices],
        [p.kind.value for p in prices],
        [p.category for p in prices],
        [p.name for p in prices],
        [p.unit for p in prices],
        [p.fen for p in prices],
    )

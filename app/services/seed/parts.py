"""The catalogue of parts, and a stock to begin with at every service point and in every van."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import asyncpg

from app.domain.parts import PlaceKind, Reason
from app.domain.pricing import PriceKind
from app.services.seed.catalogue import Catalogue, Price
from app.services.seed.people import FieldEngineer
from app.services.seed.town import DATA, Town
from app.services.stock.post import Move, post

_PARTS = """
INSERT INTO parts (code, name, category, aliases, serialised, returnable)
SELECT n.code, n.name, n.category, coalesce(string_to_array(nullif(n.aliases, ''), ','), '{}'), n.serialised,
       n.returnable
  FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bool[], $6::bool[])
       AS n (code, name, category, aliases, serialised, returnable)
ON CONFLICT (code) DO NOTHING
"""


@dataclass(frozen=True)
class PartsData:
    serialised: frozenset[str]
    returnable: frozenset[str]
    aliases: Mapping[str, tuple[str, ...]]
    point: int
    van: int


@lru_cache
def load_parts() -> PartsData:
    with (DATA / "parts.toml").open("rb") as file:
        content = tomllib.load(file)
    return PartsData(
        frozenset(content["serialised"]),
        frozenset(content["returnable"]),
        {code: tuple(names) for code, names in content["aliases"].items()},
        content["point"],
        content["van"],
    )


async def plant_parts(connection: asyncpg.Connection, catalogue: Catalogue) -> None:
    """Every part that has a price; what somebody has changed stays."""
    data, parts = load_parts(), _priced(catalogue)
    await connection.execute(
        _PARTS,
        [part.code for part in parts],
        [part.name for part in parts],
        [part.category for part in parts],
        [",".join(data.aliases.get(part.code, ())) for part in parts],
        [part.code in data.serialised for part in parts],
        [part.code in data.returnable for part in parts],
    )


async def plant_stock(
    connection: asyncpg.Connection,
    town: Town,
    engineers: tuple[FieldEngineer, ...],
    catalogue: Catalogue,
    now: datetime,
) -> None:
    data, parts = load_parts(), _priced(catalogue)
    moves = [
        _received(str(branch.id), PlaceKind.POINT, part, data.point)
        for branch in town.branches
        for part in parts
    ]
    moves += [
        _received(str(engineer.id), PlaceKind.VAN, part, data.van)
        for engineer in engineers
        for part in parts
        if part.category in engineer.categories
    ]
    await post(connection, moves, made_by="system", now=now, note="期初库存")


def _priced(catalogue: Catalogue) -> list[Price]:
    return [price for price in catalogue.prices if price.kind is PriceKind.PART]


def _received(place_id: str, kind: PlaceKind, part: Price, quantity: int) -> Move:
    return Move(place_id, kind, part.code, Reason.RECEIVE, on_hand=quantity)

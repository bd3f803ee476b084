"""The periods of an appliance as rows: what its purchase began is written anew, what work began is added."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import asyncpg

from app.domain.warranty.cover import Birth, Cover, Kind, Source, of_purchase
from app.domain.warranty.policy import Policy, Product
from app.services.warranties.policies import policies_of

# Two who look at the same appliance at once write its periods one after the other.
_ASSET = """
SELECT a.brand, a.category, a.model, a.purchased_on, a.purchase_verified_at IS NOT NULL AS verified,
       a.manufactured_on, p.warranty_months
  FROM assets a LEFT JOIN products p ON p.brand = a.brand AND p.model = a.model
 WHERE a.id = $1::uuid FOR NO KEY UPDATE OF a
"""
_FORGET = "DELETE FROM warranties WHERE asset_id = $1::uuid AND ticket_id IS NULL"
_INSERT = """
INSERT INTO warranties (asset_id, kind, component, fault, begins_on, ends_on, policy_version, source, ticket_id,
                        created_at)
VALUES ($1::uuid, $2, $3, $4, $5, $6, $7, $8, $9, $10)
"""
COVERS = """
SELECT w.kind, w.component, w.fault, w.begins_on, w.ends_on, w.policy_version, w.source, t.number AS ticket
  FROM warranties w LEFT JOIN tickets t ON t.id = w.ticket_id
"""
# By the ticket, too: when two customers become one, the jobs of an appliance that both had go to the one that stays.
_OF_ASSET = f"{COVERS} WHERE w.asset_id = $1::uuid OR t.asset_id = $1::uuid ORDER BY w.id"
_OF_TICKET = f"{COVERS} WHERE w.ticket_id = $1 ORDER BY w.id"


@dataclass(frozen=True)
class Covered:
    """An appliance's product, its periods, and the policies by which they were reckoned."""

    product: Product
    held: tuple[Cover, ...]
    policies: tuple[Policy, ...]


async def establish(connection: asyncpg.Connection, asset_id: UUID | str, now: datetime) -> Covered:
    """Reckon what the purchase began, keep it, and tell all that holds of the appliance."""
    policies = await policies_of(connection)
    row = await connection.fetchrow(_ASSET, asset_id)
    product = Product(row["brand"], row["category"], row["model"], row["warranty_months"])
    birth = Birth(row["purchased_on"], row["verified"], row["manufactured_on"])
    await connection.execute(_FORGET, asset_id)
    await write_covers(connection, asset_id, None, of_purchase(birth, product, policies), now)
    return Covered(product, await covers_of(connection, asset_id), tuple(policies))


async def write_covers(
    connection: asyncpg.Connection,
    asset_id: UUID | str | None,
    ticket_id: int | None,
    covers: Iterable[Cover],
    now: datetime,
) -> None:
    for cover in covers:
        await connection.execute(
            _INSERT,
            asset_id,
            cover.kind.value,
            cover.component,
            cover.fault,
            cover.begins_on,
            cover.ends_on,
            cover.policy_version,
            cover.source.value,
            ticket_id,
            now,
        )


async def covers_of(connection: asyncpg.Connection, asset_id: UUID | str) -> tuple[Cover, ...]:
    return tuple(map(cover, await connection.fetch(_OF_ASSET, asset_id)))


async def covers_of_ticket(connection: asyncpg.Connection, ticket_id: int) -> tuple[Cover, ...]:
    """What its work began; for an appliance that nobody knows, all that there is."""
    return tuple(map(cover, await connection.fetch(_OF_TICKET, ticket_id)))


def cover(row: asyncpg.Record) -> Cover:
    ends: date | None = row["ends_on"]
    return Cover(
        Kind(row["kind"]),
        row["component"],
        row["begins_on"],
        ends,
        row["policy_version"],
        Source(row["source"]),
        row["fault"],
        row["ticket"] or "",
    )

"""A customer's appliances and vehicles by name, to choose one of them in a form."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import asyncpg

from app.domain.actor import Actor
from app.domain.lifecycle import Role
from app.services.assets.visible import VISIBLE
from app.services.doors.place import WORDS

# Whoever owns more finds the others on their own page.
_MOST = 20
_MINE = f"""
SELECT a.id::text, a.category, a.brand, a.model, a.serial_number, a.plate_number, a.name, a.room,
       CASE WHEN a.customer_id = $2::uuid THEN a.address END AS address
  FROM assets a
 WHERE $1::text IS NOT NULL AND {VISIBLE[Role.CUSTOMER]}
 ORDER BY a.customer_id <> $2::uuid, a.created_at DESC, a.id LIMIT {_MOST}
"""


@dataclass(frozen=True)
class Mine:
    """``name`` says which one it is: what he calls it, what it is, and what is printed on it. ``address`` is where it
    stands, for its owner."""

    id: str
    name: str
    category: str
    address: dict[str, str] | None


async def my_things(connection: asyncpg.Connection, actor: Actor) -> list[Mine]:
    """One's own first, then what others of the household show."""
    rows = await connection.fetch(_MINE, actor.id, actor.id)
    return [Mine(row["id"], _name(row), row["category"], _address(row["address"])) for row in rows]


def _address(document: Mapping[str, Any] | None) -> dict[str, str] | None:
    return {name: document[name] for name in WORDS} if document else None


def _name(row: asyncpg.Record) -> str:
    said = (row["room"], row["name"] or row["category"], row["brand"], row["plate_number"] or row["model"])
    tail = f"（尾号 {row['serial_number'][-4:]}）" if row["serial_number"] else ""
    return " ".join(part for part in said if part) + tail

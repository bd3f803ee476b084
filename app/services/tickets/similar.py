"""Other tickets of the customer that look like the same report: same device or same address, within two days."""

from datetime import datetime

import asyncpg

from app.domain.actor import Actor
from app.domain.guards import JOIN_PERIOD
from app.domain.lifecycle import ENDS
from app.schemas.tickets import SimilarList, SimilarOut
from app.services.tickets.load import load

# By the index of "my tickets": nobody has many within two days.
_SIMILAR = """
SELECT o.number, o.state, o.category, o.fault, o.created_at,
       o.asset_id = t.asset_id OR (o.serial_number <> '' AND o.serial_number = t.serial_number) AS same_device,
       o.address->>'detail' = t.address->>'detail' AND o.address->>'district' = t.address->>'district' AS same_address
  FROM tickets t JOIN tickets o ON o.customer_id = t.customer_id
 WHERE t.id = $1 AND o.id <> t.id AND o.state <> ALL ($2) AND abs(extract(epoch FROM o.created_at - t.created_at)) <= $3
   AND (o.asset_id = t.asset_id
        OR (o.category = t.category
            AND (o.serial_number = '' OR t.serial_number = '' OR o.serial_number = t.serial_number)
            AND (o.address IS NULL OR t.address IS NULL OR o.address->>'detail' = t.address->>'detail')))
 ORDER BY o.id
 LIMIT 5
"""
_LINKED = """
SELECT o.number FROM ticket_splits p
  JOIN tickets o ON o.id = CASE WHEN p.ticket_id = $1 THEN p.from_id ELSE p.ticket_id END
 WHERE p.ticket_id = $1 OR p.from_id = $1 ORDER BY o.id
"""


async def find_similar(
    connection: asyncpg.Connection, number: str, *, actor: Actor, now: datetime
) -> SimilarList:
    """Those that go on, the oldest first; ``may_join`` while the customer himself may still merge them."""
    s = await load(connection, number, actor)
    rows = await connection.fetch(_SIMILAR, s.id, sorted(ENDS), JOIN_PERIOD.total_seconds())
    may_join = s.state not in ENDS and now - s.created_at <= JOIN_PERIOD
    items = [
        SimilarOut(
            number=row["number"],
            state=row["state"],
            category=row["category"],
            fault=row["fault"],
            same_device=bool(row["same_device"]),
            same_address=bool(row["same_address"]),
            created_at=row["created_at"],
        )
        for row in rows
    ]
    linked = [row["number"] for row in await connection.fetch(_LINKED, s.id)]
    return SimilarList(linked=linked, similar=[item.number for item in items], items=items, may_join=may_join)

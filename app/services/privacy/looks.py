"""Who of ours looked at a customer's number, for the customer himself."""

import asyncpg

from app.schemas.privacy import LookOut

SHOWN = 200

_LOOKS = """
SELECT l.at, l.actor_role AS role, l.subject AS number, l.reason, count(*) OVER () AS looked
  FROM tickets t JOIN audit_log l ON l.subject = t.number AND l.action = 'reveal_contact'
 WHERE t.customer_id = $1::uuid AND l.actor_role <> 'customer' ORDER BY l.at DESC, l.id DESC LIMIT $2
"""


async def looks_at(connection: asyncpg.Connection, customer_id: str) -> tuple[list[LookOut], int]:
    """The newest, and how many there were; by role, because who it was is the house's to answer for."""
    rows = await connection.fetch(_LOOKS, customer_id, SHOWN)
    looks = [
        LookOut(at=row["at"], role=row["role"], number=row["number"], reason=row["reason"]) for row in rows
    ]
    return looks, rows[0]["looked"] if rows else 0

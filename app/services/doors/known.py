"""What a customer need not type again: who may be called, and where his last service was."""

from dataclasses import dataclass
from uuid import UUID

import asyncpg

from app.domain.actor import Actor
from app.schemas.tickets import AddressIn

_LAST = """
SELECT contact_name, contact_phone, address FROM tickets
 WHERE customer_id = $1 AND created_by = $2 ORDER BY (address IS NOT NULL) DESC, id DESC LIMIT 1
"""
# The same words were said of a place before: where that is, is known.
_PLACE = """
SELECT address FROM (SELECT address, created_at FROM tickets WHERE customer_id = $1
                     UNION ALL
                     SELECT address, created_at FROM assets WHERE customer_id = $1) AS said
 WHERE address->>'latitude' IS NOT NULL
   AND (address->>'province', address->>'city', address->>'district', address->>'detail') = ($2, $3, $4, $5)
 ORDER BY created_at DESC LIMIT 1
"""
_ME = "SELECT nickname, phone FROM customers WHERE id = $1"


@dataclass(frozen=True)
class Known:
    """Empty where nothing is known."""

    name: str = ""
    phone: str = ""
    province: str = ""
    city: str = ""
    district: str = ""
    detail: str = ""


async def located(connection: asyncpg.Connection, address: AddressIn, actor: Actor) -> AddressIn:
    """With the coordinates that he gave for this very address before, where he gives none now."""
    if address.latitude is not None:
        return address
    words = (address.province, address.city, address.district, address.detail)
    known = await connection.fetchval(_PLACE, UUID(actor.id), *words)
    return AddressIn(**known) if known else address


async def known_of(connection: asyncpg.Connection, actor: Actor) -> Known:
    """From the last report that he made himself; what others wrote about him he has not said."""
    row = await connection.fetchrow(_LAST, UUID(actor.id), actor.id)
    if row is None:
        me = await connection.fetchrow(_ME, UUID(actor.id))
        return Known(phone=me["phone"] or "") if me else Known()
    place = row["address"] or {}
    return Known(
        row["contact_name"],
        row["contact_phone"],
        *(place.get(name, "") for name in ("province", "city", "district", "detail")),
    )

"""What a signed-in person may know of himself."""

import asyncpg

from app.domain.actor import Actor
from app.schemas.common import mask_phone
from app.schemas.sessions import Me

_MINE = """
SELECT phone, phone_verified_at IS NOT NULL AS verified FROM customers WHERE id = $1
 UNION ALL
SELECT phone, FALSE FROM staff WHERE id = $1
"""


async def about_me(connection: asyncpg.Connection, actor: Actor) -> Me:
    row = await connection.fetchrow(_MINE, actor.id)
    phone = row["phone"] if row else ""
    return Me(
        id=actor.id,
        name=actor.name,
        role=actor.role,
        phone_masked=mask_phone(phone) if phone else "",
        phone_verified=bool(row and row["verified"]),
    )

"""How a customer wishes to be served: when he is reached, by whom, and what to know before a visit."""

import asyncpg
import orjson

from app.domain.actor import Actor
from app.schemas.preferences import PreferencesIn, PreferencesOut

_KEPT = "SELECT preferences FROM customers WHERE id = $1::uuid"
_KEEP = "UPDATE customers SET preferences = $2 WHERE id = $1::uuid"


async def preferences_of(connection: asyncpg.Connection, customer_id: str) -> PreferencesOut:
    """Of somebody who has said nothing: what we take for granted."""
    kept = await connection.fetchval(_KEPT, customer_id)
    return PreferencesOut.model_validate(kept or PreferencesIn().model_dump(by_alias=True))


async def put_preferences(
    connection: asyncpg.Connection, body: PreferencesIn, *, actor: Actor
) -> PreferencesOut:
    document = body.model_dump(by_alias=True)
    await connection.execute(_KEEP, actor.id, orjson.dumps(document).decode())
    return PreferencesOut.model_validate(document)

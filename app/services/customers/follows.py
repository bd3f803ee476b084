"""Whether a customer follows the service account: only then can its messages reach him."""

from uuid import UUID

import asyncpg

from app.domain.actor import Actor

_FOLLOWS = """
SELECT EXISTS (SELECT FROM wechat_identities WHERE customer_id = $1 AND appid = $2 AND follows)
"""


async def follows(connection: asyncpg.Connection, actor: Actor, appid: str) -> bool:
    found: bool = await connection.fetchval(_FOLLOWS, UUID(actor.id), appid)
    return found

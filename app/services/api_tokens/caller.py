"""Which system is calling. Its token opens nothing but the calls that ask here."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg

from app.errors import Unauthenticated
from app.models.api_tokens import Scope
from app.services.api_tokens.manage import MARK, digest_of

_NO_TOKEN_IS_LONGER = 100
_MINUTE = timedelta(minutes=1)

_WHO = """
SELECT id, name, scopes, service_point_id, last_used_at FROM api_tokens
 WHERE digest = $1 AND revoked_at IS NULL AND expires_at > $2
"""
_USED = "UPDATE api_tokens SET last_used_at = $2 WHERE id = $1"


@dataclass(frozen=True)
class System:
    """``service_point_id`` None: the whole house."""

    id: UUID
    name: str
    scopes: frozenset[Scope]
    service_point_id: UUID | None


async def system_of(connection: asyncpg.Connection, token: str, now: datetime) -> System:
    """Raises Unauthenticated for what is no token, or one that was revoked or is over."""
    if not token.startswith(MARK) or len(token) > _NO_TOKEN_IS_LONGER:
        raise Unauthenticated
    row = await connection.fetchrow(_WHO, digest_of(token), now)
    if row is None:
        raise Unauthenticated
    if row["last_used_at"] is None or row["last_used_at"] <= now - _MINUTE:
        await connection.execute(_USED, row["id"], now)
    return System(row["id"], row["name"], frozenset(map(Scope, row["scopes"])), row["service_point_id"])

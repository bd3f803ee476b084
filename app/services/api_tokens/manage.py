"""Make, list and revoke the tokens of other systems."""

import hashlib
import secrets
import uuid
from datetime import datetime, timedelta

import asyncpg

from app.domain.actor import Actor
from app.errors import InvalidInput, NotFound
from app.schemas.api_tokens import NewToken, TokenIn, TokenList, TokenOut
from app.services.customers.merge import AUDIT

MARK = "hxt_"
_SHOWN = 12
LONGEST = timedelta(days=730)

_READ = """
SELECT id::text, name, prefix, scopes, service_point_id::text, expires_at, last_used_at, revoked_at, created_at
  FROM api_tokens WHERE $1::uuid IS NULL OR id = $1 ORDER BY created_at DESC, id
"""
_ADD = """
INSERT INTO api_tokens (id, name, prefix, digest, scopes, service_point_id, expires_at, created_by, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8::uuid, $9)
"""
_POINT = "SELECT EXISTS (SELECT FROM service_points WHERE id = $1)"
_REVOKE = "UPDATE api_tokens SET revoked_at = coalesce(revoked_at, $2) WHERE id = $1 RETURNING id"


def digest_of(token: str) -> bytes:
    """A token is 256 random bits: nobody guesses one from its digest, however fast that is made."""
    return hashlib.sha256(token.encode()).digest()


async def list_tokens(connection: asyncpg.Connection) -> TokenList:
    rows = await connection.fetch(_READ, None)
    return TokenList(items=[TokenOut.model_validate(dict(row)) for row in rows])


async def add_token(
    connection: asyncpg.Connection, body: TokenIn, *, actor: Actor, now: datetime
) -> NewToken:
    """Errors: invalid_input for an end that is over or years away, or an unknown service point."""
    if not now < body.expires_at <= now + LONGEST:
        raise InvalidInput.at("body.expires_at", "有效期须在今后两年之内。", "expires_at")
    point = body.service_point_id
    if point is not None and not await connection.fetchval(_POINT, point):
        raise InvalidInput.at("body.service_point_id", "没有找到这个服务网点。", "not_found")
    token_id, token = uuid.uuid4(), MARK + secrets.token_urlsafe(32)
    scopes = sorted({scope.value for scope in body.scopes})
    await connection.execute(
        _ADD,
        token_id,
        body.name,
        token[:_SHOWN],
        digest_of(token),
        scopes,
        point,
        body.expires_at,
        actor.id,
        now,
    )
    await connection.execute(AUDIT, now, actor.role.value, actor.id, "add_api_token", str(token_id), "")
    made = await _read(connection, token_id)
    return NewToken(**made.model_dump(), token=token)


async def revoke_token(
    connection: asyncpg.Connection, token_id: uuid.UUID, *, actor: Actor, now: datetime
) -> TokenOut:
    """From its next request on it is none; doing it again changes nothing."""
    if await connection.fetchval(_REVOKE, token_id, now) is None:
        raise NotFound("没有找到这个令牌。")
    await connection.execute(AUDIT, now, actor.role.value, actor.id, "revoke_api_token", str(token_id), "")
    return await _read(connection, token_id)


async def _read(connection: asyncpg.Connection, token_id: uuid.UUID) -> TokenOut:
    return TokenOut.model_validate(dict(await connection.fetchrow(_READ, token_id)))

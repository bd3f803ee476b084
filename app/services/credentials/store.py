"""The access tokens of the accounts, shared by all processes through PostgreSQL and encrypted at rest."""

import base64
import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import asyncpg
from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.db import LOST, driver
from app.wechat.errors import Unreachable
from app.wechat.tokens import StoredToken

_GET = "SELECT token, expires_at FROM wechat_tokens WHERE appid = $1 AND token IS NOT NULL"
_PUT = """
INSERT INTO wechat_tokens (appid, token, expires_at) VALUES ($1, $2, $3)
ON CONFLICT (appid) DO UPDATE SET token = excluded.token, expires_at = excluded.expires_at
"""
# Who moves the mark forward asks WeChat; everybody else waits for what he writes.
_LEASE = """
INSERT INTO wechat_tokens (appid, refreshing_until) VALUES ($1, $3)
ON CONFLICT (appid) DO UPDATE SET refreshing_until = excluded.refreshing_until
 WHERE wechat_tokens.refreshing_until IS NULL OR wechat_tokens.refreshing_until <= $2
RETURNING appid
"""
_RELEASE = "UPDATE wechat_tokens SET refreshing_until = NULL WHERE appid = $1 AND refreshing_until = $2"


class DatabaseTokenStore:
    """A ``TokenStore`` (app.wechat.tokens): loses nothing when Redis does, and holds no lock while WeChat is asked."""

    def __init__(self, sessions: async_sessionmaker[AsyncSession], key: bytes) -> None:
        self._sessions = sessions
        derived = hmac.digest(key, b"huixiang wechat tokens v1", "sha256")
        self._cipher = Fernet(base64.urlsafe_b64encode(derived))
        self._leases: dict[str, datetime] = {}

    async def get(self, appid: str) -> StoredToken | None:
        async with self._connection() as connection:
            row = await connection.fetchrow(_GET, appid)
        if row is None:
            return None
        try:
            value = self._cipher.decrypt(row["token"]).decode()
        except InvalidToken:
            # Written under another key: as good as none.
            return None
        return StoredToken(value, row["expires_at"])

    async def put(self, appid: str, token: str, expires_at: datetime) -> None:
        sealed = self._cipher.encrypt(token.encode())
        async with self._connection() as connection:
            await connection.execute(_PUT, appid, sealed, expires_at)

    async def lease(self, appid: str, seconds: float) -> bool:
        now = datetime.now(UTC)
        until = now + timedelta(seconds=seconds)
        async with self._connection() as connection:
            won = await connection.fetchval(_LEASE, appid, now, until) is not None
        if won:
            self._leases[appid] = until
        return won

    async def release(self, appid: str) -> None:
        until = self._leases.pop(appid, None)
        if until is not None:
            async with self._connection() as connection:
                await connection.execute(_RELEASE, appid, until)

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[asyncpg.Connection]:
        """Without a database there is no token; whoever asks for one has sent nothing yet."""
        try:
            async with self._sessions.begin() as session:
                yield await driver(session)
        except LOST as error:
            raise Unreachable(f"token store: {type(error).__name__}") from error

"""The credentials of the accounts, shared by all processes through PostgreSQL and encrypted at rest."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.db import LOST, driver
from app.models.wechat import CredentialKind
from app.services.credentials.keyring import KeyRing
from app.wechat.errors import Unreachable
from app.wechat.tokens import StoredToken

_GET = "SELECT value, expires_at FROM wechat_credentials WHERE appid = $1 AND kind = $2 AND value IS NOT NULL"
_PUT = """
INSERT INTO wechat_credentials (appid, kind, value, expires_at) VALUES ($1, $2, $3, $4)
ON CONFLICT (appid, kind) DO UPDATE SET value = excluded.value, expires_at = excluded.expires_at
"""
# Who moves the mark forward asks WeChat; everybody else waits for what he writes.
_LEASE = """
INSERT INTO wechat_credentials (appid, kind, refreshing_until) VALUES ($1, $2, $4)
ON CONFLICT (appid, kind) DO UPDATE SET refreshing_until = excluded.refreshing_until
 WHERE wechat_credentials.refreshing_until IS NULL OR wechat_credentials.refreshing_until <= $3
RETURNING appid
"""
_RELEASE = """
UPDATE wechat_credentials SET refreshing_until = NULL WHERE appid = $1 AND kind = $2 AND refreshing_until = $3
"""


class DatabaseTokenStore:
    """A ``TokenStore`` (app.wechat.tokens) for one kind of credential: loses nothing when Redis does, and holds no
    lock while WeChat is asked."""

    def __init__(
        self, sessions: async_sessionmaker[AsyncSession], ring: KeyRing, kind: CredentialKind
    ) -> None:
        self._sessions = sessions
        self._ring = ring
        self._kind = kind.value
        self._leases: dict[str, datetime] = {}

    async def get(self, appid: str) -> StoredToken | None:
        async with self._connection() as connection:
            row = await connection.fetchrow(_GET, appid, self._kind)
        value = self._ring.open(row["value"]) if row is not None else None
        # Sealed under a key that is gone: as good as none.
        return StoredToken(value, row["expires_at"]) if value is not None else None

    async def put(self, appid: str, token: str, expires_at: datetime) -> None:
        async with self._connection() as connection:
            await connection.execute(_PUT, appid, self._kind, self._ring.seal(token), expires_at)

    async def lease(self, appid: str, seconds: float) -> bool:
        now = datetime.now(UTC)
        until = now + timedelta(seconds=seconds)
        async with self._connection() as connection:
            won = await connection.fetchval(_LEASE, appid, self._kind, now, until) is not None
        if won:
            self._leases[appid] = until
        return won

    async def release(self, appid: str) -> None:
        until = self._leases.pop(appid, None)
        if until is not None:
            async with self._connection() as connection:
                await connection.execute(_RELEASE, appid, self._kind, until)

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[asyncpg.Connection]:
        """Without a database there is no token; whoever asks for one has sent nothing yet."""
        try:
            async with self._sessions.begin() as session:
                yield await driver(session)
        except LOST as error:
            raise Unreachable(f"token store: {type(error).__name__}") from error

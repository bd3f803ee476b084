"""A database whose every transaction is a savepoint inside one outer transaction that is rolled back."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, async_sessionmaker

from app.db import Database


class SharedConnection:
    """Stands where a pool stands, and hands out the connection on which the test writes."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection

    @asynccontextmanager
    async def acquire(self, *, timeout: float | None = None) -> AsyncIterator[asyncpg.Connection]:  # noqa: ASYNC109
        yield self._connection

    async def close(self) -> None:
        """The connection belongs to the test."""


async def savepoint_database(engine: AsyncEngine, connection: AsyncConnection) -> Database:
    sessions = async_sessionmaker(
        bind=connection, expire_on_commit=False, join_transaction_mode="create_savepoint"
    )
    raw = (await connection.get_raw_connection()).driver_connection
    shared = SharedConnection(raw)
    return Database(engine, sessions, shared, shared, shared, shared)

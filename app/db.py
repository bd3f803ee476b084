"""Connections to PostgreSQL: bare ones for the hot paths, and an engine for whatever uses the ORM.

A session costs more than the statements it carries (ADR 0004), so the hot paths speak SQL on asyncpg itself. A service
that needs both worlds in one transaction reaches the session's own connection through ``driver``. What a request is
given of all this, and when it is committed, says ``app.edge.given``.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import asyncpg
import orjson
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

from app.connection import LOST_CONNECTION, SERVER_SETTINGS, Connection, plain_url, speak_json
from app.pool import Connections, Pool
from app.settings import Settings

# How a lost database shows itself, to those who wait for it to come back.
LOST = (*LOST_CONNECTION, SQLAlchemyError)

# How long a request waits for a connection before it is told to come back.
POOL_SECONDS = 5


def driver_url(url: str) -> str:
    """``postgresql://…`` as people write it, with the async driver named for SQLAlchemy."""
    return "postgresql+asyncpg://" + url.split("://", 1)[1]


def create_engine(settings: Settings, *, statements: int = 100) -> AsyncEngine:
    """A connection of it keeps the ``statements`` that it prepared last."""
    return create_async_engine(
        driver_url(settings.database_url),
        pool_size=settings.session_pool,
        max_overflow=4,
        pool_timeout=POOL_SECONDS,
        json_deserializer=orjson.loads,
        # What a statement carried may name a person; an error in a log must not.
        hide_parameters=True,
        # No pre-ping: it costs a round trip a request. A broken connection empties the pool at its first
        # use, and the edge answers that one request with 503 and Retry-After.
        connect_args={
            "connection_class": Connection,
            "timeout": 3,
            "command_timeout": 20,
            "server_settings": SERVER_SETTINGS,
            "statement_cache_size": statements,
            "prepared_statement_cache_size": statements,
        },
    )


def create_sessions(engine: AsyncEngine) -> async_sessionmaker[AsyncSession]:
    return async_sessionmaker(engine, expire_on_commit=False)


def create_reads(settings: Settings) -> Pool:
    return _create_pool(settings, settings.read_pool, default_transaction_read_only="on")


def create_kept(settings: Settings) -> Pool:
    """For statements over arrays: PostgreSQL would plan them anew each time, which takes it longer than to run
    them. On these connections a plan is kept.
    """
    return _create_pool(
        settings,
        settings.kept_pool,
        default_transaction_read_only="on",
        plan_cache_mode="force_generic_plan",
    )


def create_writes(settings: Settings) -> Pool:
    return _create_pool(settings, settings.write_pool)


def create_callbacks(settings: Settings) -> Pool:
    """The bulkhead of WeChat's calls: a few connections that nothing else can use up."""
    milliseconds = str(int(settings.callback_seconds * 1000))
    return _create_pool(
        settings,
        settings.callback_pool,
        application_name="huixiang-callbacks",
        statement_timeout=milliseconds,
        lock_timeout=milliseconds,
    )


def _create_pool(settings: Settings, size: int, **more: str) -> Pool:
    """Connections that never set session state: nothing is reset when they come back."""

    async def opened() -> asyncpg.Connection:
        connection = await asyncpg.connect(
            plain_url(settings.database_url),
            timeout=POOL_SECONDS,
            command_timeout=20,
            server_settings={**SERVER_SETTINGS, **more},
            connection_class=Connection,
        )
        await speak_json(connection)
        return connection

    return Pool(opened, size, POOL_SECONDS)


@dataclass(frozen=True)
class Database:
    engine: AsyncEngine
    sessions: async_sessionmaker[AsyncSession]
    reads: Connections
    kept: Connections
    writes: Connections
    callbacks: Connections

    async def close(self) -> None:
        await self.reads.close()
        await self.kept.close()
        await self.writes.close()
        await self.callbacks.close()
        await self.engine.dispose()


@asynccontextmanager
async def open_database(settings: Settings) -> AsyncIterator[Database]:
    engine = create_engine(settings)
    database = Database(
        engine,
        create_sessions(engine),
        create_reads(settings),
        create_kept(settings),
        create_writes(settings),
        create_callbacks(settings),
    )
    try:
        yield database
    finally:
        await database.close()


async def driver(session: AsyncSession) -> asyncpg.Connection:
    """The asyncpg connection of this session, inside the session's transaction."""
    held = await session.connection()
    fairy = await held.get_raw_connection()
    adapted = fairy.dbapi_connection
    if adapted is None:
        raise RuntimeError("the session's connection is closed")
    # SQLAlchemy begins at its own first statement; a statement sent past it must not run in autocommit.
    if adapted._transaction is None:
        try:
            await adapted._start_transaction()
        except adapted.dbapi.Error as error:
            # Past SQLAlchemy nobody translates this.
            raise asyncpg.ConnectionDoesNotExistError("the connection was lost") from error
        finally:
            # Nor would anybody take the connection out of the pool. Cancelled, it may stand in a transaction that
            # nobody knows of, and then whatever its next users commit is only a savepoint in it.
            if adapted._transaction is None:
                await held.invalidate()
    return fairy.driver_connection

"""Whether this process can serve: what is broken (then it cannot) and what is merely missing."""

import asyncio
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import asyncpg
from redis.asyncio import Redis
from redis.exceptions import RedisError

MIGRATIONS = Path(__file__).parents[3] / "migrations"
OUTBOX_BOUND = timedelta(minutes=10)
PATIENCE = 2.0

# Rows that wait for a later moment on purpose (a retry, a quiet hour) are not late.
_STATE = """
SELECT (SELECT version_num FROM alembic_version) AS revision,
       (SELECT min(available_at) FROM outbox WHERE state IN ('queued', 'leased')) AS oldest
"""


@dataclass(frozen=True)
class Issue:
    code: str
    message: str


@dataclass(frozen=True)
class Readiness:
    broken: tuple[Issue, ...] = ()
    degraded: tuple[Issue, ...] = ()


class Reads(Protocol):
    def acquire(self, *, timeout: float) -> AbstractAsyncContextManager[asyncpg.Connection]: ...


async def readiness(reads: Reads, redis_url: str, *, now: datetime) -> Readiness:
    found = await _database(reads, now)
    return Readiness(found.broken, (*found.degraded, *await _redis(redis_url)))


async def _database(reads: Reads, now: datetime) -> Readiness:
    try:
        async with asyncio.timeout(PATIENCE), reads.acquire(timeout=PATIENCE) as connection:
            row = await connection.fetchrow(_STATE)
    except asyncpg.UndefinedTableError:
        return Readiness((Issue("migrations_missing", "The database is empty; run `huixiang migrate`."),))
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError):
        return Readiness((Issue("database_unreachable", "PostgreSQL does not answer."),))
    return Readiness(_migrations(row["revision"]), _outbox(row["oldest"], now))


def _migrations(revision: str) -> tuple[Issue, ...]:
    if revision == head():
        return ()
    return (Issue("migrations_behind", f"The database is at {revision}, the code needs {head()}."),)


def _outbox(oldest: datetime | None, now: datetime) -> tuple[Issue, ...]:
    """The worker's or WeChat's trouble: turning web traffic away would only add to it."""
    if oldest is None or now - oldest <= OUTBOX_BOUND:
        return ()
    seconds = int((now - oldest).total_seconds())
    return (Issue("outbox_stuck", f"The oldest unsent push has been due for {seconds} s."),)


async def _redis(url: str) -> tuple[Issue, ...]:
    """Schedules pause without it; nothing is lost, so nobody is turned away."""
    try:
        async with asyncio.timeout(PATIENCE), Redis.from_url(url) as redis:
            await redis.ping()
    except (RedisError, OSError, TimeoutError):
        return (Issue("redis_unreachable", "Redis does not answer; schedules wait."),)
    return ()


@lru_cache
def head() -> str:
    """By the names of the files, which begin with their number: to ask alembic is to load it, at each start."""
    return max(path.name for path in MIGRATIONS.glob("versions/*.py")).partition("_")[0]

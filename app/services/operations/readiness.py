"""Whether this process can serve: what is broken (then it cannot) and what is merely missing."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import asyncpg
from alembic.config import Config
from alembic.script import ScriptDirectory
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
    def acquire(self, *, timeout: float) -> asyncpg.pool.PoolAcquireContext: ...


async def readiness(reads: Reads, redis_url: str, *, now: datetime) -> Readiness:
    return Readiness(broken=await _database(reads, now), degraded=await _redis(redis_url))


async def _database(reads: Reads, now: datetime) -> tuple[Issue, ...]:
    try:
        async with asyncio.timeout(PATIENCE), reads.acquire(timeout=PATIENCE) as connection:
            row = await connection.fetchrow(_STATE)
    except asyncpg.UndefinedTableError:
        return (Issue("migrations_missing", "The database is empty; run `huixiang migrate`."),)
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError):
        return (Issue("database_unreachable", "PostgreSQL does not answer."),)
    issues = []
    if row["revision"] != head():
        issues.append(
            Issue("migrations_behind", f"The database is at {row['revision']}, the code needs {head()}.")
        )
    if row["oldest"] is not None and now - row["oldest"] > OUTBOX_BOUND:
        seconds = int((now - row["oldest"]).total_seconds())
        issues.append(Issue("outbox_stuck", f"The oldest unsent push has been due for {seconds} s."))
    return tuple(issues)


async def _redis(url: str) -> tuple[Issue, ...]:
    """Schedules pause without it; nothing is lost, so nobody is turned away."""
    try:
        async with asyncio.timeout(PATIENCE), Redis.from_url(url) as redis:
            await redis.ping()
    except (RedisError, OSError, TimeoutError):
        return (Issue("redis_unreachable", "Redis does not answer; schedules wait."),)
    return ()


@lru_cache
def head() -> str | None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return ScriptDirectory.from_config(config).get_current_head()

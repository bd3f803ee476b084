"""What this process knows for its promises. No promise asks the database: the book is read anew every minute.

It is one value for the whole process, replaced as a whole; until it was read, the standing hours and targets hold.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import asyncpg

from app.db import LOST
from app.domain.incidents.life import AT_WORK
from app.domain.promise.book import STANDING, Book, FaultKey, Kind, Point
from app.domain.promise.grounds import Usual
from app.domain.promise.steps import Step
from app.domain.service_levels import standing
from app.domain.service_levels.calendar import Calendar
from app.domain.service_levels.policy import read_policy
from app.services.service_levels.stored import calendar_in
from app.tasks import end

READ_EVERY_SECONDS = 60.0

log = logging.getLogger(__name__)

_POLICY = "SELECT version, document FROM service_policies ORDER BY version DESC LIMIT 1"
_CALENDARS = """
SELECT DISTINCT ON (c.service_point_id) c.service_point_id::text AS point, c.version, c.document, c.special,
       coalesce(p.name, '全公司') AS name
  FROM service_calendars c LEFT JOIN service_points p ON p.id = c.service_point_id
 ORDER BY c.service_point_id, c.version DESC
"""
_POINTS = "SELECT id::text AS id, city, districts FROM service_points ORDER BY id"
_USUAL = (
    "SELECT service_point_id::text AS point, category, pressing, step, usual, longest, n FROM usual_times"
)

# Nobody but a task force that was accepted is at work.
_FAULTS = """
SELECT category, fault, service_point_id::text AS point, promised_at FROM incidents WHERE state = ANY ($1)
"""

Acquire = Callable[[], AbstractAsyncContextManager[asyncpg.Connection]]


class _Held:
    book: Book = STANDING


def book() -> Book:
    return _Held.book


def hold(read: Book) -> None:
    _Held.book = read


async def read_book(connection: asyncpg.Connection) -> Book:
    policy = await connection.fetchrow(_POLICY)
    return Book(
        read_policy(policy["version"], policy["document"]) if policy else standing.POLICY,
        {row["point"]: _calendar(row) for row in await connection.fetch(_CALENDARS)},
        tuple(
            Point(row["id"], row["city"], frozenset(row["districts"]))
            for row in await connection.fetch(_POINTS)
        ),
        {_kind(row): Usual(row["usual"], row["longest"], row["n"]) for row in await connection.fetch(_USUAL)},
        {
            FaultKey(row["category"], row["fault"], row["point"]): row["promised_at"]
            for row in await connection.fetch(_FAULTS, sorted(AT_WORK))
        },
    )


@asynccontextmanager
async def kept_current(acquire: Acquire) -> AsyncIterator[None]:
    """Reads it now and, as long as the block lasts, again and again."""
    reading = asyncio.create_task(_keep_reading(acquire))
    try:
        yield
    finally:
        await end(reading)
        hold(STANDING)


async def _keep_reading(acquire: Acquire) -> None:
    while True:
        try:
            async with acquire() as connection:
                hold(await read_book(connection))
        except LOST as error:
            log.warning("promises.book_unread", extra={"error": type(error).__name__})
        await asyncio.sleep(READ_EVERY_SECONDS)


def _calendar(row: asyncpg.Record) -> tuple[Calendar, str]:
    return calendar_in(row["document"], row["special"]), f"{row['name']}日历第 {row['version']} 版"


def _kind(row: asyncpg.Record) -> Kind:
    return Kind(row["point"], row["category"], row["pressing"], Step(row["step"]))

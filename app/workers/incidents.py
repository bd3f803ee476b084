"""Looks for bursts every few minutes, and does for incidents what has to be done: newcomers, word to all, duties."""

import logging
from collections.abc import Awaitable, Callable
from datetime import datetime

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.clock import real_time
from app.db import driver
from app.domain.incidents.burst import LOOK_EVERY
from app.services.incidents.absorb import absorb_one
from app.services.incidents.find import find_bursts
from app.services.incidents.follow import follow_one
from app.services.incidents.idle import is_idle
from app.services.incidents.join import join_one
from app.services.incidents.press import press_one
from app.services.incidents.propose import propose
from app.services.incidents.remind import remind_one
from app.services.incidents.settle import settle_one
from app.workers.loop import Loop

log = logging.getLogger(__name__)

# Each takes one ticket or one incident; the first that finds something ends its transaction.
STEPS: tuple[Callable[[asyncpg.Connection, datetime], Awaitable[bool]], ...] = (
    absorb_one,
    follow_one,
    join_one,
    settle_one,
    remind_one,
    press_one,
)


class IncidentWatch(Loop):
    name = "incidents"

    def __init__(
        self,
        sessions: async_sessionmaker[AsyncSession],
        clock: Callable[[], datetime] = real_time,
    ) -> None:
        super().__init__()
        self._sessions = sessions
        self._clock = clock
        self._looked_at: datetime | None = None

    async def step(self) -> bool:
        now = self._clock()
        if self._looked_at is None or not self._looked_at <= now < self._looked_at + LOOK_EVERY:
            await self._look(now)
            self._looked_at = now
        try:
            async with self._sessions.begin() as session:
                return await _take(await driver(session), now)
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
            # Nothing of it is kept; the other parts of the worker must not end with this one.
            log.exception("incidents.failed")
            return False

    async def _look(self, now: datetime) -> None:
        async with self._sessions.begin() as session:
            found = await find_bursts(await driver(session), now)
        for burst in found:
            async with self._sessions.begin() as session:
                await propose(await driver(session), burst, now)


async def _take(connection: asyncpg.Connection, now: datetime) -> bool:
    if await is_idle(connection):
        return False
    for step in STEPS:
        if await step(connection, now):
            return True
    return False

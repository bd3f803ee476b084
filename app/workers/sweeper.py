"""Takes the steps that are due, one ticket a transaction, whenever the bell rings and every second."""

import asyncio
import logging
from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.bell import Bell
from app.db import LOST, driver
from app.services.tickets.sweep import sweep_one

POLL_SECONDS = 1.0

log = logging.getLogger(__name__)


class Sweeper:
    def __init__(self, sessions: async_sessionmaker[AsyncSession], bell: Bell) -> None:
        self._sessions = sessions
        self._wake = asyncio.Event()
        self._stopping = False
        bell.add(lambda _: self._wake.set())

    def stop(self) -> None:
        self._stopping = True
        self._wake.set()

    async def run(self) -> None:
        while not self._stopping:
            self._wake.clear()
            try:
                while not self._stopping and await self._step():
                    pass
            except LOST as error:
                log.warning("sweeper.database_lost", extra={"error": type(error).__name__})
                await asyncio.sleep(1)
            await self._sleep()

    async def _step(self) -> bool:
        async with self._sessions.begin() as session:
            return await sweep_one(await driver(session), datetime.now(UTC))

    async def _sleep(self) -> None:
        try:
            await asyncio.wait_for(self._wake.wait(), POLL_SECONDS)
        except TimeoutError:
            return

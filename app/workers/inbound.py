"""Works through the callbacks of WeChat that wait for their effect."""

import asyncio
import logging
from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.bell import Bell
from app.db import LOST, driver
from app.services.inbound.handle import BATCH, Directory, Stored, due, handle, look_up, put_off
from app.wechat.callbacks import Rejected

POLL_SECONDS = 1.0

log = logging.getLogger(__name__)


class InboundWorker:
    def __init__(self, sessions: async_sessionmaker[AsyncSession], directory: Directory, bell: Bell) -> None:
        self._sessions = sessions
        self._directory = directory
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
                while not self._stopping and await self._batch():
                    pass
            except LOST as error:
                log.warning("inbound.database_lost", extra={"error": type(error).__name__})
                await asyncio.sleep(1)
            await self._sleep()

    async def _batch(self) -> bool:
        """Whether there may be more."""
        found = await self._due()
        for stored in found:
            await self._handle(stored)
        return len(found) == BATCH

    async def _due(self) -> list[Stored]:
        async with self._sessions.begin() as session:
            return await due(await driver(session), datetime.now(UTC))

    async def _handle(self, stored: Stored) -> None:
        try:
            unionid = await look_up(stored.message, self._directory)
            async with self._sessions.begin() as session:
                await handle(await driver(session), stored, unionid, datetime.now(UTC))
        except (Rejected, ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
            # One callback that cannot be handled must not keep the others from it.
            log.exception("inbound.failed", extra={"inbound": stored.id})
            async with self._sessions.begin() as session:
                await put_off(await driver(session), stored, datetime.now(UTC))

    async def _sleep(self) -> None:
        try:
            await asyncio.wait_for(self._wake.wait(), POLL_SECONDS)
        except TimeoutError:
            return

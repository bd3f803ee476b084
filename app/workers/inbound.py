"""Works through the callbacks of WeChat that wait for their effect."""

import logging
from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.bell import Bell
from app.db import driver
from app.services.inbound.handle import BATCH, Directory, Stored, due, handle, look_up, put_off
from app.wechat.callbacks import Rejected
from app.workers.loop import Loop

log = logging.getLogger(__name__)


class InboundWorker(Loop):
    name = "inbound"

    def __init__(self, sessions: async_sessionmaker[AsyncSession], directory: Directory, bell: Bell) -> None:
        super().__init__(bell)
        self._sessions = sessions
        self._directory = directory

    async def step(self) -> bool:
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

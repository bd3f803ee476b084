"""Works through the callbacks of WeChat that wait for their effect."""

import asyncio
import logging
from datetime import UTC, datetime
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.bell import Bell
from app.db import driver
from app.services.doors.scanned import Answer
from app.services.inbound.handle import BATCH, Directory, Stored, due, handle, look_up, put_off
from app.wechat.callbacks import Rejected
from app.wechat.errors import WeChatError
from app.workers.loop import Loop

log = logging.getLogger(__name__)


class Correspondent(Directory, Protocol):
    async def say(self, answer: Answer) -> None:
        """In the chat. Raises WeChatError."""
        ...


class InboundWorker(Loop):
    name = "inbound"

    def __init__(self, sessions: async_sessionmaker[AsyncSession], wechat: Correspondent, bell: Bell) -> None:
        super().__init__(bell)
        self._sessions = sessions
        self._wechat = wechat
        self._saying: set[asyncio.Task[None]] = set()

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
            unionid = await look_up(stored.message, self._wechat)
            async with self._sessions.begin() as session:
                answer = await handle(await driver(session), stored, unionid, datetime.now(UTC))
        except (Rejected, ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
            # One callback that cannot be handled must not keep the others from it.
            log.exception("inbound.failed", extra={"inbound": stored.id})
            async with self._sessions.begin() as session:
                await put_off(await driver(session), stored, datetime.now(UTC))
            return
        if answer is not None:
            # Beside the loop: a slow WeChat must not hold up the callbacks of others.
            task = asyncio.create_task(self._say(answer))
            self._saying.add(task)
            task.add_done_callback(self._saying.discard)

    async def _say(self, answer: Answer) -> None:
        """Once, or not at all: who scanned can scan again, and two greetings would be worse than none."""
        try:
            await self._wechat.say(answer)
        except WeChatError as error:
            log.warning("inbound.unanswered", extra={"errcode": error.errcode, "rid": error.rid})

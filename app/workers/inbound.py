"""Works through the callbacks of WeChat that wait for their effect."""

import asyncio
import logging
from datetime import UTC, datetime
from typing import Protocol

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.bell import Bell, Topic
from app.db import driver
from app.errors import Problem
from app.integrations.storage import ObjectStore
from app.services.conversations.arrive import SMALL_TALK
from app.services.conversations.prepare import Chat, greet, prepare
from app.services.doors.scanned import Answer
from app.services.inbound.handle import BATCH, Directory, Stored, due, handle, look_up, put_off
from app.services.windows.windows import spend_window
from app.wechat.callbacks import Rejected
from app.wechat.errors import WeChatError
from app.workers.loop import Loop

_DEFECTS = (
    Rejected,
    Problem,
    asyncpg.DataError,
    asyncpg.IntegrityConstraintViolationError,
    ArithmeticError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
)

log = logging.getLogger(__name__)


class Correspondent(Directory, Chat, Protocol):
    """What callbacks need of WeChat."""


class InboundWorker(Loop):
    """``pictures`` None does everything; one that does them and one that does the rest keep out of each other's way."""

    name = "inbound"
    hears = Topic.INBOUND

    def __init__(
        self,
        sessions: async_sessionmaker[AsyncSession],
        wechat: Correspondent,
        store: ObjectStore,
        bell: Bell,
        *,
        home: str,
        pictures: bool | None = None,
    ) -> None:
        super().__init__(bell)
        self._sessions = sessions
        self._wechat = wechat
        self._store = store
        self._home = home.rstrip("/")
        self._pictures = pictures
        self._saying: set[asyncio.Task[None]] = set()

    async def step(self) -> bool:
        """Whether there may be more."""
        found = await self._due()
        for stored in found:
            await self._handle(stored)
        return len(found) == BATCH

    async def _due(self) -> list[Stored]:
        async with self._sessions.begin() as session:
            return await due(await driver(session), datetime.now(UTC), pictures=self._pictures)

    async def _handle(self, stored: Stored) -> None:
        try:
            await self._effect(stored)
        except _DEFECTS:
            # One callback that cannot be handled must not keep the others from it.
            log.exception("inbound.failed", extra={"inbound": stored.id})
            await self._put_off(stored)

    async def _effect(self, stored: Stored) -> None:
        message = stored.message
        unionid = await look_up(message, self._wechat)
        prepared = await prepare(message, self._wechat, self._store, last=stored.last_try)
        if prepared is None:
            await self._put_off(stored)
            return
        async with self._sessions.begin() as session:
            done = await handle(await driver(session), stored, unionid, datetime.now(UTC), prepared=prepared)
        if done.result == SMALL_TALK and not prepared.in_passing and await greet(message, self._wechat):
            await self._spend(message.appid, message.openid)
        if done.answer is not None:
            # Beside the loop: a slow WeChat must not hold up the callbacks of others.
            task = asyncio.create_task(self._say(done.answer))
            self._saying.add(task)
            task.add_done_callback(self._saying.discard)

    async def _put_off(self, stored: Stored) -> None:
        async with self._sessions.begin() as session:
            await put_off(await driver(session), stored, datetime.now(UTC))

    async def _say(self, answer: Answer) -> None:
        """Once, or not at all: who scanned can scan again, and two greetings would be worse than none."""
        try:
            await self._wechat.say(answer.appid, answer.openid, answer.text(self._home))
        except WeChatError as error:
            log.warning("inbound.unanswered", extra={"errcode": error.errcode, "rid": error.rid})
            return
        await self._spend(answer.appid, answer.openid)

    async def _spend(self, appid: str, openid: str) -> None:
        """What we said counts among the replies that WeChat allows."""
        async with self._sessions.begin() as session:
            await spend_window(await driver(session), appid, openid, datetime.now(UTC))

"""Has looked at what customers want to show to others."""

from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.db import driver
from app.services.alarms.raise_alarm import raise_alarm
from app.services.content.due import BATCH, Due, Later, take, write
from app.services.content.look import Lookout
from app.workers.loop import Loop


class ContentWorker(Loop):
    name = "content"

    def __init__(self, sessions: async_sessionmaker[AsyncSession], lookout: Lookout) -> None:
        super().__init__()
        self._sessions = sessions
        self._lookout = lookout

    async def step(self) -> bool:
        """Whether there may be more."""
        async with self._sessions.begin() as session:
            due = await take(await driver(session), list(self._lookout.minis), datetime.now(UTC))
        for one in due:
            await self._look(one)
        return len(due) == BATCH

    async def _look(self, due: Due) -> None:
        found = await self._lookout.look(due, datetime.now(UTC))
        now = datetime.now(UTC)
        async with self._sessions.begin() as session:
            connection = await driver(session)
            await write(connection, due, found, now)
            if isinstance(found, Later) and found.alarm and due.appid:
                detail = f"内容安全检测不可用：{found.alarm}。评价和昵称会一直隐藏，请检查小程序的接口权限。"
                await raise_alarm(connection, "content_check", due.appid, detail, now=now, rid=found.rid)

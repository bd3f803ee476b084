"""Tells what is due of deadlines, what of our promises cannot be kept, who waits for an answer, who was not called: a
part of its own, so that no backlog of sweeps makes it late."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.clock import real_time
from app.db import driver
from app.services.follow_ups.late import watch_call
from app.services.promises.watch import watch_promise
from app.services.service_levels.look import look_one
from app.services.urgings.watch import watch_urging
from app.workers.loop import Loop


class LevelWatch(Loop):
    name = "levels"

    def __init__(
        self,
        sessions: async_sessionmaker[AsyncSession],
        clock: Callable[[], datetime] = real_time,
    ) -> None:
        super().__init__()
        self._sessions = sessions
        self._clock = clock

    async def step(self) -> bool:
        async with self._sessions.begin() as session:
            connection, now = await driver(session), self._clock()
            for look in (look_one, watch_promise, watch_urging, watch_call):
                if await look(connection, now):
                    return True
            return False

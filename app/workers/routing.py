"""Sends tickets to teams and people: what came, what waits, what somebody left behind."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.clock import real_time
from app.db import driver
from app.services.routing.route import give_left_behind, give_waiting, route_new
from app.workers.loop import Loop

_STEPS = (route_new, give_waiting, give_left_behind)


class RoutingWorker(Loop):
    name = "routing"

    def __init__(
        self,
        sessions: async_sessionmaker[AsyncSession],
        clock: Callable[[], datetime] = real_time,
    ) -> None:
        super().__init__()
        self._sessions = sessions
        self._clock = clock

    async def step(self) -> bool:
        did = False
        for step in _STEPS:
            async with self._sessions.begin() as session:
                did = await step(await driver(session), self._clock()) or did
        return did

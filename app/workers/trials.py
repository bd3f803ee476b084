"""Sends templates that somebody wants to see, one after another: a trial is never in anybody's way."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.bell import Bell, Topic
from app.clock import real_time
from app.db import driver
from app.services.notifications.deliver import Ways
from app.services.templates.try_out import lease_trial, send_trial, settle_trial
from app.workers.loop import Loop


class TrialWorker(Loop):
    name = "trials"
    hears = Topic.TRIAL

    def __init__(
        self,
        sessions: async_sessionmaker[AsyncSession],
        ways: Ways,
        bell: Bell | None,
        clock: Callable[[], datetime] = real_time,
    ) -> None:
        super().__init__(bell)
        self._sessions, self._ways, self._clock = sessions, ways, clock

    async def step(self) -> bool:
        async with self._sessions.begin() as session:
            trial = await lease_trial(await driver(session), self._clock())
        if trial is None:
            return False
        ways = self._ways
        outcome = await send_trial(trial, ways.clients, ways.registry, ways.public_base_url)
        async with self._sessions.begin() as session:
            await settle_trial(await driver(session), trial, outcome, self._clock())
        return True

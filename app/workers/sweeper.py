"""Takes the steps that are due, one ticket a transaction; after them the warnings of 三包, and complaints."""

from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.bell import Bell, Topic
from app.db import driver
from app.services.complaints.watch import watch_one
from app.services.tickets.sweep import sweep_one
from app.services.warranties.legal import warn_one
from app.workers.loop import Loop


class Sweeper(Loop):
    name = "sweeper"
    hears = Topic.TICKET

    def __init__(self, sessions: async_sessionmaker[AsyncSession], bell: Bell) -> None:
        super().__init__(bell)
        self._sessions = sessions

    async def step(self) -> bool:
        async with self._sessions.begin() as session:
            connection, now = await driver(session), datetime.now(UTC)
            steps = (sweep_one, warn_one, watch_one)
            for step in steps:
                if await step(connection, now):
                    return True
            return False

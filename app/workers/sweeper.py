"""Takes the steps that are due, one ticket a transaction, and the warnings of 三包 after them."""

from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.bell import Bell
from app.db import driver
from app.services.tickets.sweep import sweep_one
from app.services.warranties.legal import warn_one
from app.workers.loop import Loop


class Sweeper(Loop):
    name = "sweeper"

    def __init__(self, sessions: async_sessionmaker[AsyncSession], bell: Bell) -> None:
        super().__init__(bell)
        self._sessions = sessions

    async def step(self) -> bool:
        async with self._sessions.begin() as session:
            connection, now = await driver(session), datetime.now(UTC)
            return await sweep_one(connection, now) or await warn_one(connection, now)

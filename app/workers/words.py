"""Keeps the words of new tickets, by the clock: nobody waits for it, and a bell would ring for every step of a job."""

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.db import driver
from app.services.tickets.words import keep_words
from app.workers.loop import Loop


class WordKeeper(Loop):
    name = "words"
    every = 3.0

    def __init__(self, sessions: async_sessionmaker[AsyncSession]) -> None:
        super().__init__()
        self._sessions = sessions

    async def step(self) -> bool:
        async with self._sessions.begin() as session:
            return await keep_words(await driver(session))

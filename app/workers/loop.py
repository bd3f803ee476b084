"""What a part of the worker is: it works until nothing is left, and waits for its own bell or a second."""

import asyncio
import logging
from abc import ABC, abstractmethod

from app.bell import Bell, Topic, is_about
from app.db import LOST

POLL_SECONDS = 1.0
# A bell that never falls silent asks for so many looks a second at most; the first ring is heard at once.
BREATH_SECONDS = 0.05

log = logging.getLogger(__name__)


class Loop(ABC):
    name: str
    every = POLL_SECONDS
    # The rings that have work for it; without one it looks by the clock alone. What can wait for a second needs
    # none: each look costs the database, and the messages that the relay has on their way.
    hears: Topic | None = None

    def __init__(self, bell: Bell | None = None) -> None:
        self._wake = asyncio.Event()
        self._stopping = False
        if bell is not None and (topic := self.hears) is not None:
            bell.add(lambda heard: self._wake.set() if is_about(heard, topic) else None)

    @abstractmethod
    async def step(self) -> bool:
        """Do a piece of work; False when there was none."""

    def stop(self) -> None:
        """Begin nothing more; ``run`` returns after the step in hand."""
        self._stopping = True
        self._wake.set()

    async def run(self) -> None:
        while not self._stopping:
            self._wake.clear()
            try:
                while not self._stopping and await self.step():
                    pass
            except LOST as error:
                log.warning("loop.database_lost", extra={"loop": self.name, "error": type(error).__name__})
                await asyncio.sleep(1)
            await self._sleep()

    async def _sleep(self) -> None:
        await asyncio.sleep(BREATH_SECONDS)
        try:
            await asyncio.wait_for(self._wake.wait(), self.every)
        except TimeoutError:
            return

"""What a part of the worker is: it works until nothing is left, and waits for the bell or a second."""

import asyncio
import logging
from abc import ABC, abstractmethod

from app.bell import Bell
from app.db import LOST

POLL_SECONDS = 1.0

log = logging.getLogger(__name__)


class Loop(ABC):
    name: str
    every = POLL_SECONDS

    def __init__(self, bell: Bell | None) -> None:
        """Without a bell it looks by the clock alone."""
        self._wake = asyncio.Event()
        self._stopping = False
        if bell is not None:
            bell.add(lambda _: self._wake.set())

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
        try:
            await asyncio.wait_for(self._wake.wait(), self.every)
        except TimeoutError:
            return

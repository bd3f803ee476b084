"""Questions that are asked at the same moment go to the database together.

A statement costs the server and us the same whether it finds one row or ten, and under load that is most of what a
short read costs. Nobody waits for company: who comes when nothing is on its way goes at once, and those who come
while it is on its way go with the next.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Generic, TypeVar

Question = TypeVar("Question")
Answer = TypeVar("Answer")

# What one statement carries at most: past this a longer one gains nothing more.
MOST = 32
# A statement that takes longer than this waits for somebody's lock: the others then go past it.
PATIENCE_SECONDS = 0.05


class _Wave(Generic[Question, Answer]):
    """Those who go together: whoever has a place in ``questions`` finds his answer at the same place."""

    def __init__(
        self, send: Callable[["_Wave[Question, Answer]"], Coroutine[None, None, Sequence[Answer]]]
    ) -> None:
        self.questions: list[Question] = []
        self.answers = asyncio.create_task(send(self))


class Batch(Generic[Question, Answer]):
    """``ask`` gives the answers in the order of the questions; what it raises, all of its askers get.

    ``lanes`` is how many waves are on their way at a time; only the pool bounds those that go past stuck ones.
    """

    def __init__(
        self, ask: Callable[[Sequence[Question]], Awaitable[Sequence[Answer]]], *, lanes: int
    ) -> None:
        self._ask = ask
        self._lanes = asyncio.Semaphore(lanes)
        self._next: _Wave[Question, Answer] | None = None

    async def ask(self, question: Question) -> Answer:
        wave = self._next
        if wave is None or len(wave.questions) == MOST:
            wave = self._next = _Wave(self._sent)
        place = len(wave.questions)
        wave.questions.append(question)
        # Whoever leaves takes nobody's answer with him.
        return (await asyncio.shield(wave.answers))[place]

    async def _sent(self, wave: _Wave[Question, Answer]) -> Sequence[Answer]:
        in_lane = await self._lane_is_free()
        try:
            if self._next is wave:
                # Whoever comes from now on goes with the next one.
                self._next = None
            return await self._ask(wave.questions)
        finally:
            if in_lane:
                self._lanes.release()

    async def _lane_is_free(self) -> bool:
        """True once a lane is ours, False when all are taken for too long."""
        if not self._lanes.locked():
            return await self._lanes.acquire()
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                return await self._lanes.acquire()
        except TimeoutError:
            return False

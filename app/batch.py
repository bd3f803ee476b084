"""Questions that are asked at the same moment go to the database together.

A statement costs the server and us the same whether it finds one row or ten, and under load that is most of what a
short read costs. Nobody waits for company: who comes when nothing is on its way goes at once, and those who come
while it is on its way go with the next.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Question = TypeVar("Question")
Answer = TypeVar("Answer")

# What one statement carries at most: past this a longer one gains nothing more.
MOST = 32


class Batch(Generic[Question, Answer]):
    """``ask`` gives the answers in the order of the questions; what it raises, all of its askers get.

    ``lanes`` is how many batches are on their way at a time.
    """

    def __init__(
        self, ask: Callable[[Sequence[Question]], Awaitable[Sequence[Answer]]], *, lanes: int
    ) -> None:
        self._ask = ask
        self._lanes = lanes
        self._waiting: deque[tuple[Question, asyncio.Future[Answer]]] = deque()
        self._running: set[asyncio.Task[None]] = set()

    async def ask(self, question: Question) -> Answer:
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((question, answer))
        if len(self._running) < self._lanes:
            lane = asyncio.create_task(self._run())
            self._running.add(lane)
            lane.add_done_callback(self._running.discard)
        return await answer

    async def _run(self) -> None:
        while batch := self._next():
            try:
                answers = await self._ask([question for question, _ in batch])
            except Exception as error:
                for _, waiting in batch:
                    if not waiting.done():
                        waiting.set_exception(error)
                continue
            except asyncio.CancelledError:
                for _, waiting in batch:
                    waiting.cancel()
                raise
            for (_, waiting), answer in zip(batch, answers, strict=True):
                # Whoever left meanwhile needs no answer.
                if not waiting.done():
                    waiting.set_result(answer)

    def _next(self) -> list[tuple[Question, asyncio.Future[Answer]]]:
        return [self._waiting.popleft() for _ in range(min(MOST, len(self._waiting)))]

"""A process beside the worker's own, for whatever takes a processor longer than a message may be late.

The worker's loop carries the messages on their way to WeChat: who keeps it for a quarter of a second keeps all of them.
"""

import asyncio
import multiprocessing
import os
import threading
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import asynccontextmanager
from typing import ParamSpec, TypeVar

# What is done here is worth as much a moment later; what people ask for goes first.
NICENESS = 10

Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")


class Left(Exception):
    """The worker ends: what was being done is left to a later turn."""


class Beside:
    """One thing at a time, in the order in which it was asked. A process that was killed is replaced."""

    def __init__(self) -> None:
        self._pool = _pool()
        self._leaving = asyncio.get_running_loop().create_future()

    async def run(
        self, function: Callable[Asked, Answer], *arguments: Asked.args, **named: Asked.kwargs
    ) -> Answer:
        """What ``function`` of some module returns or raises.

        Errors: BrokenProcessPool when its process did not survive it, Left when the worker ends first.
        """
        if self._leaving.done():
            raise Left
        pool = self._pool
        try:
            asked = asyncio.wrap_future(pool.submit(function, *arguments, **named))
            try:
                await asyncio.wait((asked, self._leaving), return_when=asyncio.FIRST_COMPLETED)
                if not asked.done():
                    raise Left
                return asked.result()
            finally:
                asked.cancel()
        except BrokenProcessPool:
            if self._pool is pool:
                self._pool = _pool()
            raise

    def leave(self) -> None:
        """Nobody waits any longer: on a busy machine a plan may take another half a minute, being the last in line."""
        if not self._leaving.done():
            self._leaving.set_result(None)

    def close(self) -> None:
        self.leave()
        self._pool.shutdown(wait=False, cancel_futures=True)


@asynccontextmanager
async def beside() -> AsyncIterator[Beside]:
    opened = Beside()
    try:
        yield opened
    finally:
        opened.close()


def _pool() -> ProcessPoolExecutor:
    return ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), initializer=_begin)


def _begin() -> None:
    os.nice(NICENESS)
    _end_with_the_parent()


def _end_with_the_parent() -> None:
    """A worker that is killed takes nobody along: whoever works for it has to notice by himself."""
    parent = multiprocessing.parent_process()

    def watch() -> None:
        if parent is not None:
            parent.join()
        os._exit(0)

    threading.Thread(target=watch, daemon=True).start()

"""Searching for a plan takes the whole of a processor, so it is done in a process of its own."""

import asyncio
import logging
import multiprocessing
import os
import threading
from collections.abc import AsyncIterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import asynccontextmanager

from app.domain.dispatch.board import Board, run
from app.workers.planner import Think

# What an engine that is not ours may fall over.
_FAILURES = (
    ArithmeticError,
    AttributeError,
    ImportError,
    LookupError,
    TypeError,
    ValueError,
    BrokenProcessPool,
)

# A plan is worth as much a moment later, and its CPU time is counted, not the time of day.
NICENESS = 10

log = logging.getLogger(__name__)


@asynccontextmanager
async def thinking(engine: str) -> AsyncIterator[Think]:
    """``engine`` is ``module:function``. Where it fails the day stays as it is, but for what nobody has."""
    pools = [_pool()]

    async def think(board: Board, seconds: float) -> Board:
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(pools[-1], run, engine, board, seconds)
        except _FAILURES as error:
            log.exception("plan.engine_failed", extra={"engine": engine})
            if isinstance(error, BrokenProcessPool):
                pools.append(_pool())
            return board

    try:
        yield think
    finally:
        for pool in pools:
            pool.shutdown(wait=False, cancel_futures=True)


def _pool() -> ProcessPoolExecutor:
    return ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), initializer=_begin)


def _begin() -> None:
    """People come first: what they ask for goes before any thinking."""
    os.nice(NICENESS)
    _end_with_the_parent()


def _end_with_the_parent() -> None:
    """A worker that is killed takes nobody along: whoever thinks for it has to notice by himself."""
    parent = multiprocessing.parent_process()

    def watch() -> None:
        if parent is not None:
            parent.join()
        os._exit(0)

    threading.Thread(target=watch, daemon=True).start()

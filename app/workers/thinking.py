"""Searching for a plan takes the whole of a processor, so it is done in the process beside."""

import logging
from concurrent.futures.process import BrokenProcessPool

from app.domain.dispatch.board import Board, run
from app.workers.beside import Beside
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

log = logging.getLogger(__name__)


def thinking(aside: Beside, engine: str) -> Think:
    """``engine`` is ``module:function``. Where it fails the day stays as it is, but for what nobody has."""

    async def think(board: Board, seconds: float) -> Board:
        try:
            return await aside.run(run, engine, board, seconds)
        except _FAILURES:
            log.exception("plan.engine_failed", extra={"engine": engine})
            return board

    return think

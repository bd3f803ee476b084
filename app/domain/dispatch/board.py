"""A territory's day as it is to be planned, and the engines that may plan it.

An engine is any function ``plan(board, seconds) -> board`` that gives back the same board with other tours. It gets
and gives plain data, so that it can run in another process; the product's own is ``anneal``.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pkgutil import resolve_name
from random import Random
from time import process_time

from app.domain.dispatch.plan import Candidate
from app.domain.dispatch.search import Budget, Plan, arrange, improve
from app.domain.dispatch.tours import Territory, Visit

# So long before the window begins the customer is told for certain who comes; to change that costs, and is told again.
ANNOUNCED_BEFORE = timedelta(minutes=60)
# On every leg something takes longer than on the map: planned for, punctuality gains more than travel loses.
BUFFER_MINUTES = 3
_SEED = 7


@dataclass(frozen=True)
class Board:
    """``spans`` are the engineers' working spans from now on, ``tours`` the numbers of the visits of each, in order.

    ``loose`` are visits that nobody has: of somebody who is sick, or whose time has gone.
    """

    spans: tuple[Candidate, ...]
    visits: tuple[Visit, ...]
    tours: tuple[tuple[int, ...], ...]
    loose: tuple[int, ...] = ()

    def territory(self) -> Territory:
        return Territory(self.spans, self.visits, buffer_minutes=BUFFER_MINUTES)


Engine = Callable[[Board, float], Board]


def anneal(board: Board, seconds: float) -> Board:
    """Loose visits where they cost least, then ruin and recreate for so many seconds of CPU time."""
    territory = board.territory()
    start = arrange(territory, [list(tour) for tour in board.tours], board.loose)
    end = process_time() + seconds
    budget = Budget(lambda: max(0.0, (end - process_time()) / seconds))
    return _with(board, improve(territory, start, budget, Random(_SEED)))  # noqa: S311 - a search, not a secret


def run(engine: str, board: Board, seconds: float) -> Board:
    """By name (``module:function``), which is what crosses into another process."""
    planned: Board = resolve_name(engine)(board, seconds)
    return planned


def _with(board: Board, plan: Plan) -> Board:
    return replace(board, tours=tuple(tuple(tour) for tour in plan.tours), loose=tuple(plan.unserved))

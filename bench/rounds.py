"""Interleaved rounds: what is compared runs in turns, so that a busy minute of the machine meets everybody."""

import statistics
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from bench.client import Tally


@dataclass(frozen=True)
class Run:
    """One slice of one subject; CPU in milliseconds for each operation, of the programs and of the database."""

    tally: Tally
    server_ms: float
    database_ms: float

    @property
    def rate(self) -> float:
        return self.tally.count / self.tally.seconds

    @property
    def cpu_ms(self) -> float:
        return self.server_ms + self.database_ms


@dataclass(frozen=True)
class Spread:
    low: float
    median: float
    high: float


Slice = Callable[[], Awaitable[Run]]


async def interleave(subjects: dict[str, Slice], rounds: int) -> dict[str, list[Run]]:
    """Every second round in the opposite order: nobody always runs after the same neighbour."""
    found: dict[str, list[Run]] = {name: [] for name in subjects}
    for turn in range(rounds):
        names = list(subjects) if turn % 2 == 0 else list(reversed(subjects))
        for name in names:
            run = await subjects[name]()
            if run.tally.errors:
                raise SystemExit(f"{name}: {run.tally.errors} errors, the first: {run.tally.first_error}")
            found[name].append(run)
    return found


def spread(values: Sequence[float]) -> Spread:
    return Spread(min(values), statistics.median(values), max(values))


def rate_ratios(ours: Sequence[Run], bar: Sequence[Run]) -> Spread:
    """Round by round: only neighbours in time are compared."""
    return spread([a.rate / b.rate for a, b in zip(ours, bar, strict=True)])


def cpu_ratios(ours: Sequence[Run], base: Sequence[Run]) -> Spread:
    return spread([a.cpu_ms / b.cpu_ms for a, b in zip(ours, base, strict=True)])

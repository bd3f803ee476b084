"""One member's figures among those of his peers, with what was left out of each."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeVar

from app.domain.figures import Figure, mean, share
from app.domain.kpi.judge import Judged
from app.domain.kpi.rows import Measure, Reason


@dataclass(frozen=True)
class Excluded:
    measure: Measure
    reason: Reason
    n: int


class Judgeable(Protocol):
    @property
    def excused(self) -> frozenset[Measure]: ...


Row = TypeVar("Row", bound=Judgeable)
Shared = Mapping[str, list[Row]]


class Ledger:
    """Figures of one member among his peers, and what each of them left out."""

    def __init__(self, key: str) -> None:
        self._key = key
        self.excluded: list[Excluded] = []

    def share(self, measure: Measure, rows: Shared[Row], judge: Callable[[Row], Judged]) -> Figure:
        own, everybody = self._judged(measure, rows, judge)
        return share([bool(each) for each in own], [bool(each) for each in everybody])

    def mean(
        self, measure: Measure, rows: Shared[Row], judge: Callable[[Row], Judged], low: float, high: float
    ) -> Figure:
        return mean(*self._judged(measure, rows, judge), low, high)

    def _judged(
        self, measure: Measure, rows: Shared[Row], judge: Callable[[Row], Judged]
    ) -> tuple[list[float], list[float]]:
        own = [ruled(measure, row, judge) for row in rows[self._key]]
        everybody = [ruled(measure, row, judge) for peer in rows.values() for row in peer]
        left_out = Counter(each for each in own if isinstance(each, Reason))
        for reason, n in sorted(left_out.items()):
            found = Excluded(measure, reason, n)
            # The four dimensions leave out the same ratings.
            if found not in self.excluded:
                self.excluded.append(found)
        return _counted(own), _counted(everybody)


def ruled(measure: Measure, row: Row, judge: Callable[[Row], Judged]) -> Judged:
    verdict = judge(row)
    counts = verdict is not None and not isinstance(verdict, Reason)
    return Reason.APPEAL if counts and measure in row.excused else verdict


def _counted(verdicts: Iterable[Judged]) -> list[float]:
    return [float(each) for each in verdicts if each is not None and not isinstance(each, Reason)]

"""One member's figures among those of his peers, with what was left out of each."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import chain
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


# What was ruled of the rows of each peer, and what counts of all of them together: by measure, and by the part of it.
# It is the same for all who are held against the same peers.
Verdicts = dict[tuple[Measure, str], tuple[Mapping[str, list[Judged]], list[float]]]


class Ledger:
    """Figures of one member among his peers, and what each of them left out."""

    def __init__(self, key: str, verdicts: Verdicts) -> None:
        self._key = key
        self._verdicts = verdicts
        self.excluded: list[Excluded] = []

    def share(self, measure: Measure, rows: Shared[Row], judge: Callable[[Row], Judged]) -> Figure:
        own, everybody = self._judged(measure, "", rows, judge)
        return share([bool(each) for each in own], [bool(each) for each in everybody])

    def mean(
        self,
        measure: Measure,
        rows: Shared[Row],
        judge: Callable[[Row], Judged],
        low: float,
        high: float,
        *,
        part: str = "",
    ) -> Figure:
        return mean(*self._judged(measure, part, rows, judge), low, high)

    def _judged(
        self, measure: Measure, part: str, rows: Shared[Row], judge: Callable[[Row], Judged]
    ) -> tuple[list[float], list[float]]:
        if (measure, part) not in self._verdicts:
            all_ruled = {who: [ruled(measure, row, judge) for row in each] for who, each in rows.items()}
            self._verdicts[measure, part] = all_ruled, _counted(chain.from_iterable(all_ruled.values()))
        verdicts, everybody = self._verdicts[measure, part]
        own = verdicts[self._key]
        left_out = Counter(each for each in own if isinstance(each, Reason))
        for reason, n in sorted(left_out.items()):
            found = Excluded(measure, reason, n)
            # The four dimensions leave out the same ratings.
            if found not in self.excluded:
                self.excluded.append(found)
        return _counted(own), everybody


def ruled(measure: Measure, row: Row, judge: Callable[[Row], Judged]) -> Judged:
    verdict = judge(row)
    counts = verdict is not None and not isinstance(verdict, Reason)
    return Reason.APPEAL if counts and measure in row.excused else verdict


def _counted(verdicts: Iterable[Judged]) -> list[float]:
    return [float(each) for each in verdicts if each is not None and not isinstance(each, Reason)]

"""Two people for one job: both have to begin at the same time, whatever else each of their days holds."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from app.domain.dispatch.insertion import TIE_DIGITS, insertion
from app.domain.dispatch.place import RULES, Rules
from app.domain.dispatch.plan import Candidate, Insertion, Job, Span
from app.domain.dispatch.prospects import Prospect, best_in, prospects_of

# How far apart the two may begin: neither is to wait for longer.
PART = 30 * 60


@dataclass(frozen=True)
class Pair:
    """Both begin within ``begin``."""

    begin: Span
    lead: Insertion
    companion: Insertion

    @property
    def total(self) -> float:
        return self.lead.total + self.companion.total


class Together:
    """Who of the ``leads`` could go with whom of the ``others``; what is found out of a day is kept for all windows."""

    def __init__(
        self, job: Job, leads: Iterable[Candidate], others: Iterable[Candidate], rules: Rules = RULES
    ) -> None:
        self._job, self._rules = job, rules
        self._leads = prospects_of(job, leads, rules)
        self._others = prospects_of(job, others, rules)

    def pairs(self, window: Span) -> list[Pair]:
        """For each part of the window the two who cost least, the cheapest part first."""
        return sorted(self._found(window), key=lambda pair: (round(pair.total, TIE_DIGITS), pair.begin))

    def possible(self, window: Span) -> bool:
        return any(True for _ in self._found(window))

    def _found(self, window: Span) -> Iterator[Pair]:
        for begin in parts(window):
            lead = self._best(begin, self._leads)
            if lead is None:
                continue
            rest = [p for p in self._others if p.candidate.engineer_id != lead.engineer_id]
            companion = self._best(begin, rest)
            if companion:
                yield Pair(begin, lead, companion)

    def _best(self, begin: Span, prospects: Sequence[Prospect]) -> Insertion | None:
        job = replace(self._job, windows=(begin,))
        found = best_in(job, begin, prospects, self._rules)
        return insertion(job, *found, self._rules.weights) if found else None


def parts(window: Span) -> list[Span]:
    """Pieces of half an hour; what is left over at the end belongs to the last one."""
    starts = range(window.start, max(window.start + 1, window.end - PART + 1), PART)
    ends = [*(start for start in starts[1:]), window.end]
    return [Span(start, end) for start, end in zip(starts, ends, strict=True)]

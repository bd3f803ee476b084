"""Two people for one job: both have to begin at the same time, whatever else each of their days holds."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from app.domain.dispatch.insertion import TIE_DIGITS, assess
from app.domain.dispatch.place import RULES, Rules
from app.domain.dispatch.plan import Candidate, Insertion, Job, Span

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


def pairs(
    job: Job, window: Span, leads: Sequence[Candidate], others: Sequence[Candidate], rules: Rules = RULES
) -> list[Pair]:
    """For each part of the window the two who cost least, the cheapest part first."""
    found = [pair for begin in parts(window) if (pair := _pair(job, begin, leads, others, rules))]
    return sorted(found, key=lambda pair: (round(pair.total, TIE_DIGITS), pair.begin))


def parts(window: Span) -> list[Span]:
    """Pieces of half an hour; what is left over at the end belongs to the last one."""
    starts = range(window.start, max(window.start + 1, window.end - PART + 1), PART)
    ends = [*(start for start in starts[1:]), window.end]
    return [Span(start, end) for start, end in zip(starts, ends, strict=True)]


def _pair(
    job: Job, begin: Span, leads: Sequence[Candidate], others: Sequence[Candidate], rules: Rules
) -> Pair | None:
    at_once = replace(job, windows=(begin,))
    lead = _best(_fitting(at_once, leads, rules))
    if lead is None:
        return None
    companion = _best(
        each for each in _fitting(at_once, others, rules) if each.engineer_id != lead.engineer_id
    )
    return Pair(begin, lead, companion) if companion else None


def _fitting(job: Job, candidates: Iterable[Candidate], rules: Rules) -> Iterator[Insertion]:
    begin = job.open_windows[0]
    for candidate in candidates:
        # Most do not even work then: they need no arithmetic.
        if candidate.shift.start < begin.end and begin.start < candidate.shift.end:
            found = assess(job, candidate, rules)
            if isinstance(found, Insertion):
                yield found


def _best(found: Iterable[Insertion]) -> Insertion | None:
    return min(found, key=lambda each: (round(each.total, TIE_DIGITS), each.engineer_id), default=None)

"""The one who costs least for a window, with as few days looked at as bounds from below allow."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import inf

from app.domain.dispatch.day import Day, prepare
from app.domain.dispatch.insertion import TIE_DIGITS, barred
from app.domain.dispatch.place import SLACK, Place, Rules, cost_floor, day_floor, find_place, glance, reach_of
from app.domain.dispatch.plan import Candidate, Job, Span


@dataclass(frozen=True)
class _Ready:
    day: Day
    reach: tuple[int, ...]
    floor: float


@dataclass
class Prospect:
    """A candidate with the least he can cost; his day is made ready when that is not too much already."""

    candidate: Candidate
    floor: float
    _ready: _Ready | None = None

    def ready(self, job: Job, rules: Rules) -> _Ready:
        if self._ready is None:
            day = prepare(self.candidate, rules.travel)
            reach = reach_of(job, day, rules.travel)
            self._ready = _Ready(day, reach, day_floor(job, day, reach, rules.weights))
        return self._ready


def prospects_of(
    job: Job, candidates: Iterable[Candidate], rules: Rules, ceiling: float = inf
) -> list[Prospect]:
    """Those who may cost no more than ``ceiling``, the most promising first."""
    able = (c for c in candidates if not barred(c) and glance(job, c, rules) <= ceiling + SLACK)
    found = [Prospect(candidate, cost_floor(job, candidate, rules)) for candidate in able]
    return sorted((p for p in found if p.floor <= ceiling + SLACK), key=lambda p: p.floor)


def best_in(
    job: Job, window: Span, prospects: Sequence[Prospect], rules: Rules, ceiling: float = inf
) -> tuple[Day, Place] | None:
    best: tuple[Day, Place] | None = None
    opening = max(window.start, job.earliest)
    for prospect in prospects:
        if prospect.floor > ceiling + SLACK:
            break
        shift = prospect.candidate.shift
        if shift.start >= window.end or shift.end <= opening:
            continue
        ready = prospect.ready(job, rules)
        if ready.floor > ceiling + SLACK:
            continue
        place = find_place(job, ready.day, window, rules, ready.reach, ceiling)
        if place and (best is None or _order(ready.day, place) < _order(*best)):
            best, ceiling = (ready.day, place), place.cost
    return best


def _order(day: Day, place: Place) -> tuple[float, str]:
    return round(place.cost, TIE_DIGITS), day.candidate.engineer_id

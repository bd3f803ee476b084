"""Which two-hour windows to offer a customer: those that cost the day least, soonest first among equals.

What he said of his time counts in minutes like the rest: a window that he wished for moves up, one in which he cannot
be reached moves down, and neither is the only one that he is shown.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import groupby
from math import inf
from operator import attrgetter
from typing import NamedTuple

from app.domain.dispatch.cost import Weights
from app.domain.dispatch.day import Day
from app.domain.dispatch.insertion import TIE_DIGITS, insertion
from app.domain.dispatch.place import RULES, Place, Rules
from app.domain.dispatch.plan import Candidate, Insertion, Job, Span
from app.domain.dispatch.prospects import best_in, prospects_of
from app.domain.zone import ZONE

HOURS = ((8, 10), (10, 12), (12, 14), (14, 16), (16, 18), (18, 20))
LEAD_MINUTES = 60
# A window that costs more than this is one the day cannot really carry.
COSTLY = 60.0
_NEAR_MINUTES = 10


@dataclass(frozen=True)
class SlotOffer:
    """``score`` is the total with the waiting and the wish in it. The engineer is a hint; the window is the promise."""

    window: Span
    insertion: Insertion
    score: float
    reason: str

    @property
    def day(self) -> date:
        return self.window.start_at.date()


class _Opening(NamedTuple):
    """A window on offer, with what waiting for it costs and what the customer's wishes add or take."""

    on: date
    window: Span
    waiting: float
    wish: float


@dataclass(frozen=True)
class _Choice:
    window: Span
    waiting: float
    wish: float
    score: float
    day: Day
    place: Place


def recommend(
    job: Job,
    candidates_by_day: Mapping[date, Sequence[Candidate]],
    k: int = 3,
    *,
    now: int,
    lead_minutes: int = LEAD_MINUTES,
    rules: Rules = RULES,
) -> tuple[SlotOffer, ...]:
    """The k best windows that begin at least ``lead_minutes`` after ``now``, best first.

    A window in which the job itself would come late is never offered.
    """
    punctual = replace(rules, limits=replace(rules.limits, late=0.0))
    windows = _windows(job, candidates_by_day, now, lead_minutes, rules.weights)
    chosen = _choose(job, windows, candidates_by_day, k, punctual, COSTLY)
    chosen = chosen or _choose(job, windows, candidates_by_day, k, punctual, inf)
    return tuple(_offer(job, choice, chosen, rules.weights) for choice in chosen)


def _windows(
    job: Job, days: Mapping[date, Sequence[Candidate]], now: int, lead_minutes: int, weights: Weights
) -> list[_Opening]:
    """In the order of time."""
    today = datetime.fromtimestamp(now, ZONE).date()
    return [
        _Opening(
            on,
            window,
            weights.day_of_waiting * (on - today).days + weights.window_of_waiting * index,
            wish(job, window, weights),
        )
        for on in sorted(days)
        for index, window in enumerate(windows_of(on))
        if window.start >= now + lead_minutes * 60
    ]


def wish(job: Job, window: Span, weights: Weights) -> float:
    """What the customer's own words cost this window, or win back."""
    if any(wished.overlaps(window) for wished in job.windows):
        return -weights.wished
    return weights.away if _away(job, window) else 0.0


def _away(job: Job, window: Span) -> bool:
    """The promise is a whole window, so he has to be there for all of it."""
    return bool(job.at_home) and not any(
        home.start <= window.start and window.end <= home.end for home in job.at_home
    )


def windows_of(on: date) -> tuple[Span, ...]:
    midnight = datetime.combine(on, time(), ZONE)
    return tuple(Span.of(midnight + timedelta(hours=a), midnight + timedelta(hours=b)) for a, b in HOURS)


def _choose(
    job: Job,
    windows: list[_Opening],
    candidates: Mapping[date, Sequence[Candidate]],
    k: int,
    rules: Rules,
    costly: float,
) -> list[_Choice]:
    best: list[_Choice] = []

    def ceiling(opening: _Opening) -> float:
        # Windows come in the order of time, so an equal score later can no longer win.
        return min(costly, best[k - 1].score - opening.waiting - opening.wish if len(best) >= k else inf)

    for on, openings in groupby(windows, key=attrgetter("on")):
        of_day = list(openings)
        prospects = prospects_of(job, candidates[on], rules, max(map(ceiling, of_day)))
        for opening in of_day:
            found = best_in(job, opening.window, prospects, rules, ceiling(opening))
            if found:
                best.append(_choice(opening, *found))
                best.sort(key=lambda c: (round(c.score, TIE_DIGITS), c.window))
                del best[k:]
    return best


def _choice(opening: _Opening, day: Day, place: Place) -> _Choice:
    score = place.cost + opening.waiting + opening.wish
    return _Choice(opening.window, opening.waiting, opening.wish, score, day, place)


def _offer(job: Job, choice: _Choice, chosen: list[_Choice], weights: Weights) -> SlotOffer:
    found = insertion(job, choice.day, choice.place, weights)
    found = replace(found, terms=replace(found.terms, waiting=choice.waiting, wish=choice.wish))
    soonest = choice.window == min(c.window for c in chosen)
    return SlotOffer(choice.window, found, found.total, _reason(choice, found, soonest))


def _reason(choice: _Choice, found: Insertion, soonest: bool) -> str:
    candidate = choice.day.candidate
    who = candidate.name or "工程师"
    way = f"路上约 {max(1, round(found.approach))} 分钟"
    if choice.place.cost > COSTLY:
        return f"近几天排期很满，这是目前能安排的时段，由{who}上门"
    if choice.wish < 0:
        return f"正是您希望的时段，{who}{way}"
    if choice.wish > 0:
        return f"不在您方便的时间内，但{who}这个时段有空，{way}"
    if candidate.last_good:
        return f"上次为您服务的{who}这个时段有空，{way}"
    if found.approach <= _NEAR_MINUTES and found.position > 0:
        return f"{who}当天就在附近，{way}"
    if soonest:
        return f"最快可上门的时段，{who}{way}"
    return f"{who}这个时段有空，{way}"

"""Cheapest insertion: where in whose day a new job does the least harm.

Lateness is soft: it costs, and only beyond ``Limits`` it forbids. Results equal an enumeration of all places.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from heapq import nsmallest
from math import inf
from typing import NamedTuple

from app.domain.dispatch.cost import WEIGHTS, CostTerms, Effects, Weights
from app.domain.dispatch.day import Day, base_cost, effects_of, leg_seconds, overrun, prepare, ripple
from app.domain.dispatch.plan import LIMITS, Candidate, Insertion, Job, Limits, Move, Ranking, Refusal, Span
from app.domain.dispatch.refusal import refuse
from app.domain.travel import ROADS, TravelProvider

# Sums of the same terms in another order differ in the last digits; ties are decided beyond these.
TIE_DIGITS = 6


@dataclass(frozen=True)
class Rules:
    weights: Weights = WEIGHTS
    travel: TravelProvider = ROADS
    limits: Limits = LIMITS


RULES = Rules()


class Place(NamedTuple):
    """``onward`` is when the engineer reaches the stop behind the new job."""

    cost: float
    gap: int
    window: Span
    start: int
    approach: int
    onward: int
    effects: Effects


def cheapest(
    job: Job,
    candidate: Candidate,
    weights: Weights = WEIGHTS,
    travel: TravelProvider = ROADS,
    limits: Limits = LIMITS,
) -> Insertion | None:
    """The cheapest place in this day; None when the limits leave none or the candidate lacks something."""
    answer = assess(job, candidate, Rules(weights, travel, limits))
    return answer if isinstance(answer, Insertion) else None


def assess(job: Job, candidate: Candidate, rules: Rules = RULES) -> Insertion | Refusal:
    if barred(candidate):
        return refuse(job, candidate, None, rules.limits, rules.travel)
    day = prepare(candidate, rules.travel)
    places = (find_place(job, day, window, rules, inf) for window in job.open_windows)
    best = min(
        (p for p in places if p), key=lambda p: (round(p.cost, TIE_DIGITS), p.start, p.gap), default=None
    )
    if best is None:
        return refuse(job, candidate, day, rules.limits, rules.travel)
    return insertion(job, day, best, rules.weights)


def rank(job: Job, candidates: Iterable[Candidate], k: int = 4, rules: Rules = RULES) -> Ranking:
    """The winner and up to k - 1 runners-up. The same candidates in any order give the same answer."""
    answers = [assess(job, candidate, rules) for candidate in candidates]
    best = nsmallest(k, (a for a in answers if isinstance(a, Insertion)), key=_order)
    refused = sorted((a for a in answers if isinstance(a, Refusal)), key=lambda r: (r.engineer_id, r.reasons))
    return Ranking(best[0] if best else None, tuple(best[1:]), tuple(refused))


def _order(found: Insertion) -> tuple[float, str, int]:
    return round(found.total, TIE_DIGITS), found.engineer_id, found.planned.start


def barred(candidate: Candidate) -> bool:
    full = candidate.max_visits is not None and len(candidate.stops) >= candidate.max_visits
    return full or bool(candidate.lacks)


def find_place(job: Job, day: Day, window: Span, rules: Rules, ceiling: float) -> Place | None:
    """The cheapest gap of the day for this window, unless it costs more than ``ceiling``."""
    best: Place | None = None
    opening = max(window.start, job.earliest)
    # What an insertion may win back at best: the lateness of the day as it is, and the person's bonus.
    allowance = base_cost(day, rules.weights) - personal(job, day.candidate, rules.weights)
    for gap in range(day.first_gap, len(day.free)):
        soonest = max(day.free[gap], opening)
        if soonest - window.end > rules.limits.late * 60:
            break
        if _floor(job, day, gap, soonest, window, rules.weights) - allowance > ceiling + 1e-9:
            continue
        place = _place(job, day, gap, opening, window, rules)
        if place and place.cost <= ceiling + 1e-9 and (best is None or place.cost < best.cost - 1e-9):
            best, ceiling = place, place.cost
    return best


def _floor(job: Job, day: Day, gap: int, soonest: int, window: Span, weights: Weights) -> float:
    """A bound from below that asks for no travel time: the job beside the one before and the one after it."""
    own = weights.urgent_late if job.urgent else weights.late
    seconds = own * max(0, soonest - window.end) - weights.travel * day.legs[gap]
    done = soonest + job.minutes * 60
    if gap == len(day.starts):
        seconds += weights.overtime * max(0, done - day.candidate.shift.end)
    else:
        stop = day.candidate.stops[gap]
        late = weights.urgent_late if stop.urgent else weights.late
        seconds += late * max(0, done - stop.window.end)
    return seconds / 60


def _place(job: Job, day: Day, gap: int, opening: int, window: Span, rules: Rules) -> Place | None:
    candidate, travel = day.candidate, rules.travel
    approach = leg_seconds(travel, day.here[gap], job.point, window.start)
    start = max(day.free[gap] + approach, opening)
    late = max(0, start - window.end)
    if late > rules.limits.late * 60:
        return None
    finish = start + job.minutes * 60
    if gap < len(day.starts):
        following = candidate.stops[gap]
        leg = leg_seconds(travel, job.point, following.point, following.window.start)
        others = _others(day, gap, finish + leg)
    else:
        leg = leg_seconds(travel, job.point, candidate.home, candidate.shift.end)
        others = Effects(0, 0, 0, 0, overrun(day, finish))
    if others.overtime > 0 and day.arrears.overtime + others.overtime > rules.limits.overtime * 60:
        return None
    effects = Effects(
        approach + leg - day.legs[gap],
        others.late + (0 if job.urgent else late),
        others.urgent_late + (late if job.urgent else 0),
        others.late_visits + (late > 0),
        others.overtime,
    )
    cost = effects.price(rules.weights) + personal(job, candidate, rules.weights)
    return Place(cost, gap, window, start, approach, finish + leg, effects)


_NOTHING = Effects(0, 0, 0, 0, 0)


def _others(day: Day, gap: int, arrival: int) -> Effects:
    """What it does to the stops behind when the one after ``gap`` is reached at ``arrival``."""
    start = max(arrival, day.candidate.stops[gap].window.start)
    if day.starts[gap] <= start <= day.latest[gap]:
        return _NOTHING
    return effects_of(day, gap, ripple(day, gap, arrival))


def personal(job: Job, candidate: Candidate, weights: Weights) -> float:
    """What speaks for (below zero) or against this engineer wherever the job is put in his day."""
    cost = -_rating(candidate, weights)
    if candidate.last_good:
        cost -= weights.same_engineer
    if _changed(job, candidate):
        cost += weights.change
    return cost


def _rating(candidate: Candidate, weights: Weights) -> float:
    return min(max(candidate.rating_bonus, 0.0), weights.rating_cap)


def _changed(job: Job, candidate: Candidate) -> bool:
    return job.held_by is not None and job.held_by != candidate.engineer_id


def insertion(job: Job, day: Day, place: Place, weights: Weights) -> Insertion:
    candidate, effects = day.candidate, place.effects
    return Insertion(
        engineer_id=candidate.engineer_id,
        position=place.gap,
        window=place.window,
        planned=Span(place.start, place.start + job.minutes * 60),
        approach=place.approach / 60,
        moves=_moves(day, place),
        terms=CostTerms(
            weights,
            added_travel=effects.travel / 60,
            late=effects.late / 60,
            urgent_late=effects.urgent_late / 60,
            late_visits=effects.late_visits,
            overtime=effects.overtime / 60,
            same_engineer=candidate.last_good,
            changed=_changed(job, candidate),
            rating=_rating(candidate, weights),
        ),
    )


def _moves(day: Day, place: Place) -> tuple[Move, ...]:
    """Every stop whose span is no longer the one on record, whoever moved it: the new job or the day."""
    starts = [*day.starts]
    pushed = ripple(day, place.gap, place.onward)
    starts[place.gap : place.gap + len(pushed)] = pushed
    spans = (
        (stop, stop.planned if stop.frozen else Span(start, start + stop.minutes * 60))
        for stop, start in zip(day.candidate.stops, starts, strict=True)
    )
    return tuple(Move(stop.visit_id, span) for stop, span in spans if span != stop.planned)

"""Cheapest insertion: where in whose day a new job does the least harm.

Lateness is soft: it costs, and only beyond ``Limits`` it forbids. Results equal an enumeration of all places.
"""

from collections.abc import Iterable
from heapq import nsmallest
from math import inf

from app.domain.dispatch.cost import WEIGHTS, CostTerms, Weights
from app.domain.dispatch.day import Day, prepare, ripple
from app.domain.dispatch.place import (
    RULES,
    Place,
    Rules,
    fairness,
    find_place,
    is_change,
    rating_bonus,
    reach_of,
)
from app.domain.dispatch.plan import LIMITS, Candidate, Insertion, Job, Limits, Move, Ranking, Refusal, Span
from app.domain.dispatch.refusal import refuse
from app.domain.travel import ROADS, TravelProvider

# Sums of the same terms in another order differ in the last digits; ties are decided beyond these.
TIE_DIGITS = 6


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
    reach = reach_of(job, day, rules.travel)
    places = (find_place(job, day, window, rules, reach, inf) for window in job.open_windows)
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
    return candidate.full or bool(candidate.lacks)


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
            changed=is_change(job, candidate),
            rating=rating_bonus(candidate, weights),
            fairness=fairness(candidate, effects, weights),
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

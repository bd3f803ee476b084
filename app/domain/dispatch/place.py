"""The cheapest gap of one day for one window: the innermost question of dispatching and of slot offers.

Two bounds from below keep it fast: they ask for distances only, and a gap that they rule out is never timed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import dist, inf
from typing import NamedTuple

from app.domain.dispatch.cost import WEIGHTS, Effects, Weights
from app.domain.dispatch.day import Day, base_cost, effects_of, leg_seconds, overrun, ripple
from app.domain.dispatch.plan import LIMITS, Candidate, Job, Limits, Span
from app.domain.travel import ROADS, TravelProvider, arc_km, great_circle_km

# Sums of the same terms in another order differ in the last digits.
SLACK = 1e-9
# Legs are whole seconds, rounded up.
_SECOND = 1 / 60


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


def personal(job: Job, candidate: Candidate, weights: Weights) -> float:
    """What speaks for (below zero) or against this engineer wherever the job is put in his day."""
    cost = -rating_bonus(candidate, weights)
    if candidate.last_good:
        cost -= weights.same_engineer
    if is_change(job, candidate):
        cost += weights.change
    return cost


def least(job: Job, candidate: Candidate, weights: Weights) -> float:
    """As ``personal``, with what he is owed: no place in his day gets more off its price."""
    return personal(job, candidate, weights) - owed(candidate, weights)


def rating_bonus(candidate: Candidate, weights: Weights) -> float:
    return min(max(candidate.rating_bonus, 0.0), weights.rating_cap)


def fairness(candidate: Candidate, effects: Effects, weights: Weights) -> float:
    """What he is owed, where it costs nobody his window: no choice becomes later by it than it would have been."""
    return owed(candidate, weights) if effects.punctual else 0.0


def owed(candidate: Candidate, weights: Weights) -> float:
    return min(max(candidate.owed, 0.0), weights.fairness_cap)


def is_change(job: Job, candidate: Candidate) -> bool:
    return job.held_by is not None and job.held_by != candidate.engineer_id


def reach_of(job: Job, day: Day, travel: TravelProvider) -> tuple[int, ...]:
    """Seconds that the way between the job and each place of the day takes at least; home comes last."""
    places = (*day.here, day.candidate.home)
    return tuple(int(travel.least(great_circle_km(job.point, place)) * 60) for place in places)


def find_place(
    job: Job, day: Day, window: Span, rules: Rules, reach: Sequence[int], ceiling: float
) -> Place | None:
    """The cheapest gap of the day for this window, unless it costs more than ``ceiling``."""
    best: Place | None = None
    opening = max(window.start, job.earliest)
    last = window.end + rules.limits.late * 60
    own = personal(job, day.candidate, rules.weights)
    # What an insertion may win back at best: the lateness of the day as it is, and the person's bonus.
    allowance = base_cost(day, rules.weights) - own + owed(day.candidate, rules.weights)
    for gap in range(day.first_gap, len(day.free)):
        if day.free[gap] > last:
            break
        soonest = max(day.free[gap] + reach[gap], opening)
        if (
            soonest > last
            or _floor(job, day, gap, soonest, window, reach, rules.weights) - allowance > ceiling
        ):
            continue
        place = _place(job, day, gap, opening, window, rules, own)
        if place and place.cost <= ceiling + SLACK and (best is None or place.cost < best.cost - SLACK):
            best, ceiling = place, place.cost + SLACK
    return best


def day_floor(job: Job, day: Day, reach: Sequence[int], weights: Weights) -> float:
    """What this day costs at least whatever the window: its smallest detour, less what it may win back."""
    detour = min(reach[gap] + reach[gap + 1] - day.legs[gap] for gap in range(day.first_gap, len(day.free)))
    return weights.travel * detour / 60 + least(job, day.candidate, weights) - base_cost(day, weights)


def _floor(
    job: Job, day: Day, gap: int, soonest: int, window: Span, reach: Sequence[int], weights: Weights
) -> float:
    """What the gap costs at least, before anything that the day may win back."""
    seconds = weights.travel * (reach[gap] + reach[gap + 1] - day.legs[gap])
    if soonest > window.end:
        seconds += (weights.urgent_late if job.urgent else weights.late) * (soonest - window.end)
    done = soonest + job.minutes * 60
    if gap == len(day.starts):
        seconds += weights.overtime * max(0, done - day.candidate.shift.end)
    else:
        # Somebody behind, or the end of the day, is later by at least what goes beyond the latest start.
        excess = done + reach[gap + 1] - day.latest[gap]
        seconds += min(weights.late, weights.urgent_late, weights.overtime) * max(0, excess)
    return seconds / 60


def _place(
    job: Job, day: Day, gap: int, opening: int, window: Span, rules: Rules, own: float
) -> Place | None:
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
    if rules.limits.late_visits is not None and others.late_visits > rules.limits.late_visits:
        return None
    effects = Effects(
        approach + leg - day.legs[gap],
        others.late + (0 if job.urgent else late),
        others.urgent_late + (late if job.urgent else 0),
        others.late_visits + (late > 0),
        others.overtime,
    )
    cost = effects.price(rules.weights) + own - fairness(candidate, effects, rules.weights)
    return Place(cost, gap, window, start, approach, finish + leg, effects)


_NOTHING = Effects(0, 0, 0, 0, 0)


def _others(day: Day, gap: int, arrival: int) -> Effects:
    """What it does to the stops behind when the one after ``gap`` is reached at ``arrival``."""
    start = max(arrival, day.candidate.stops[gap].window.start)
    if day.starts[gap] <= start <= day.latest[gap]:
        return _NOTHING
    return effects_of(day, gap, ripple(day, gap, arrival))


def glance(job: Job, candidate: Candidate, rules: Rules) -> float:
    """As ``cost_floor``, from one distance: what most engineers of a town are ruled out by."""
    travel, outline = rules.travel, candidate.outline
    near = travel.least(outline.least_km(job.point.unit))
    return _priced(2 * near - travel.most(outline.longest_km), job, candidate, rules)


def cost_floor(job: Job, candidate: Candidate, rules: Rules) -> float:
    """What this engineer costs at least wherever the job is put; it needs no prepared day."""
    outline, place, least, most = candidate.outline, job.point.unit, rules.travel.least, rules.travel.most
    near = [least(arc_km(dist(place, there))) for there in outline.places]
    detours = [a + b - most(km) for a, b, km in zip(near, near[1:], outline.legs_km, strict=False)]
    return _priced(min(detours), job, candidate, rules)


def _priced(detour: float, job: Job, candidate: Candidate, rules: Rules) -> float:
    detour -= _SECOND
    if detour + job.minutes < 0:
        # A leg could even become shorter by a stop on it, and late visits with it: no statement.
        return -inf
    return rules.weights.travel * detour + least(job, candidate, rules.weights)

"""A candidate's day made ready for O(1) questions.

The time of a leg depends on the hour promised at its destination, not on when the plan happens to leave.
So a leg has one length whatever is put before it, and the arrays below stay true for every insertion.
"""

from dataclasses import dataclass
from math import ceil

from app.domain.dispatch.cost import Effects, Weights
from app.domain.dispatch.plan import Candidate
from app.domain.travel import Point, TravelProvider


@dataclass(frozen=True, slots=True)
class Day:
    """``free[i]`` and ``here[i]``: when and where the engineer can leave for gap i, the one before stop i.

    ``legs[i]`` leads to stop i, the last one home. ``starts[i]`` is when stop i begins as things stand, and
    ``latest[i]`` when it may begin at most without one second more of lateness or overtime behind it.
    """

    candidate: Candidate
    free: tuple[int, ...]
    here: tuple[Point, ...]
    legs: tuple[int, ...]
    starts: tuple[int, ...]
    latest: tuple[int, ...]
    first_gap: int
    arrears: Effects


def leg_seconds(travel: TravelProvider, a: Point, b: Point, depart: int) -> int:
    return ceil(travel.minutes(a, b, depart) * 60)


def prepare(candidate: Candidate, travel: TravelProvider) -> Day:
    free, here = [candidate.shift.start], [candidate.origin or candidate.home]
    legs, starts = [], []
    for stop in candidate.stops:
        leg = leg_seconds(travel, here[-1], stop.point, stop.window.start)
        start = stop.planned.start if stop.frozen else max(free[-1] + leg, stop.window.start)
        legs.append(leg)
        starts.append(start)
        free.append(stop.planned.end if stop.frozen else start + stop.minutes * 60)
        here.append(stop.point)
    legs.append(leg_seconds(travel, here[-1], candidate.home, candidate.shift.end))
    return Day(
        candidate,
        tuple(free),
        tuple(here),
        tuple(legs),
        tuple(starts),
        _latest(candidate, legs, starts),
        max((i + 1 for i, stop in enumerate(candidate.stops) if stop.frozen), default=0),
        _arrears(candidate, starts, free[-1]),
    )


def _latest(candidate: Candidate, legs: list[int], starts: list[int]) -> tuple[int, ...]:
    latest: list[int] = []
    ahead = candidate.shift.end
    for i in range(len(starts) - 1, -1, -1):
        stop = candidate.stops[i]
        # A stop that is late already has no slack, but it has not less than none.
        bound = max(starts[i], min(stop.window.end, ahead - stop.minutes * 60))
        latest.append(bound)
        ahead = bound - legs[i]
    return tuple(reversed(latest))


def _arrears(candidate: Candidate, starts: list[int], end: int) -> Effects:
    late = urgent = visits = 0
    for stop, start in zip(candidate.stops, starts, strict=True):
        behind = max(0, start - stop.window.end)
        visits += behind > 0
        if stop.urgent:
            urgent += behind
        else:
            late += behind
    return Effects(0, late, urgent, visits, max(0, end - candidate.shift.end))


def ripple(day: Day, gap: int, arrival: int) -> list[int]:
    """New starts of the stops from ``gap`` on, reached at ``arrival``, until waiting absorbs the shift."""
    starts: list[int] = []
    stops = day.candidate.stops
    for i in range(gap, len(stops)):
        start = max(arrival, stops[i].window.start)
        if start == day.starts[i]:
            break
        starts.append(start)
        arrival = start + stops[i].minutes * 60 + day.legs[i + 1]
    return starts


def effects_of(day: Day, gap: int, starts: list[int]) -> Effects:
    """What moving the stops from ``gap`` on to ``starts`` changes in lateness and overtime."""
    late = urgent = visits = 0
    stops = day.candidate.stops
    for i, start in enumerate(starts, gap):
        stop = stops[i]
        before, after = max(0, day.starts[i] - stop.window.end), max(0, start - stop.window.end)
        visits += (after > 0) - (before > 0)
        if stop.urgent:
            urgent += after - before
        else:
            late += after - before
    overtime = 0
    if starts and gap + len(starts) == len(stops):
        overtime = overrun(day, starts[-1] + stops[-1].minutes * 60)
    return Effects(0, late, urgent, visits, overtime)


def overrun(day: Day, end: int) -> int:
    """Seconds of overtime that a day ending at ``end`` has more than the day as it stands."""
    return max(0, end - day.candidate.shift.end) - day.arrears.overtime


def base_cost(day: Day, weights: Weights) -> float:
    return day.arrears.price(weights)

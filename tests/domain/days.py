"""Made-up engineers' days for the planner's tests, and the plain enumeration that it must equal."""

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from math import ceil, inf
from zlib import crc32

from app.domain.dispatch.cost import WEIGHTS
from app.domain.dispatch.plan import LIMITS, Candidate, Job, Limits, Span, Stop
from app.domain.travel import ROADS, Point, TravelProvider
from app.domain.zone import ZONE

MONDAY = date(2026, 11, 23)
CENTRE = Point(25.04, 102.71)


def at(clock: str, on: date = MONDAY) -> int:
    return int(datetime.fromisoformat(f"{on}T{clock}").replace(tzinfo=ZONE).timestamp())


def span(start: str, end: str, on: date = MONDAY) -> Span:
    return Span(at(start, on), at(end, on))


def east(km: float) -> Point:
    """A place so many kilometres (great circle) east of the centre."""
    return Point(CENTRE.lat, CENTRE.lng + km / 100.8)


def make_stop(
    visit_id: str, point: Point, window: Span, *, urgent: bool = False, frozen: bool = False
) -> Stop:
    """Half an hour of work, planned at the beginning of its window."""
    return Stop(visit_id, point, window, Span(window.start, window.start + 1800), 30, urgent, frozen)


def random_point(dice: random.Random) -> Point:
    return Point(CENTRE.lat + dice.uniform(-0.1, 0.1), CENTRE.lng + dice.uniform(-0.1, 0.1))


def random_candidate(
    dice: random.Random, number: int, on: date = MONDAY, stops: int | None = None
) -> Candidate:
    """A day of up to six stops, some of them late already and some under way."""
    opens = dice.choice((8, 9, 10))
    count = dice.randrange(7) if stops is None else stops
    windows = sorted(dice.choice(range(opens, 18)) for _ in range(count))
    under_way = dice.choice((0, 0, 0, 1, 2))
    made, free = [], at(f"{opens:02}:00", on)
    for i, hour in enumerate(windows):
        window = span(f"{hour:02}:00", f"{hour + 2:02}:00", on)
        minutes = dice.randrange(15, 50)
        free = max(free + 600, window.start)
        planned = Span(free, free + minutes * 60)
        free = planned.end
        made.append(
            Stop(
                f"v{number}-{i}",
                random_point(dice),
                window,
                planned,
                minutes,
                dice.random() < 0.2,
                i < under_way,
            )
        )
    return Candidate(
        engineer_id=f"e{number:04}",
        home=random_point(dice),
        shift=span(f"{opens:02}:00", f"{opens + 9:02}:00", on),
        stops=tuple(made),
        last_good=dice.random() < 0.1,
        rating_bonus=dice.choice((0.0, 1.0, 2.5, 9.0)),
        owed=dice.choice((0.0, 0.0, 1.5, 9.0)),
        name=f"工程师{number}",
        origin=random_point(dice) if dice.random() < 0.2 else None,
    )


def random_job(dice: random.Random, on: date = MONDAY) -> Job:
    hours = dice.sample(range(8, 19), dice.choice((0, 1, 1, 2, 3)))
    return Job(
        point=random_point(dice),
        minutes=dice.randrange(15, 60),
        earliest=at("08:00", on) + dice.choice((0, 0, 5400)),
        due=at("20:00", on),
        windows=tuple(span(f"{h:02}:00", f"{h + 2:02}:00", on) for h in hours),
        urgent=dice.random() < 0.2,
        held_by=dice.choice((None, None, "e0001")),
    )


@dataclass(frozen=True)
class _Errand:
    point: Point
    opens: int
    window: Span
    seconds: int
    urgent: bool
    fixed: Span | None = None


def _errand(stop: Stop) -> _Errand:
    fixed = stop.planned if stop.frozen else None
    return _Errand(stop.point, stop.window.start, stop.window, stop.minutes * 60, stop.urgent, fixed)


@dataclass(frozen=True)
class OddMap:
    """A map whose ways obey no geometry, and that therefore promises nothing about them."""

    def minutes(self, a: Point, b: Point, depart: int) -> float:
        return float(1 + crc32(f"{a.lat} {b.lng} {depart % 7200}".encode()) % 89)

    def least(self, km: float) -> float:
        return km * 0.0

    def most(self, km: float) -> float:
        return km + inf


def _leg(a: Point, b: Point, depart: int, travel: TravelProvider) -> int:
    return ceil(travel.minutes(a, b, depart) * 60)


def _walk(
    candidate: Candidate, errands: list[_Errand], travel: TravelProvider
) -> tuple[float, list[int], int]:
    """One day from morning to evening: its cost, when each errand began, and the seconds of overtime."""
    here, free, cost = candidate.origin or candidate.home, candidate.shift.start, 0.0
    starts = []
    for errand in errands:
        leg = _leg(here, errand.point, errand.window.start, travel)
        start = errand.fixed.start if errand.fixed else max(free + leg, errand.opens)
        free = errand.fixed.end if errand.fixed else start + errand.seconds
        cost += WEIGHTS.travel * leg / 60
        if start > errand.window.end:
            rate = WEIGHTS.urgent_late if errand.urgent else WEIGHTS.late
            cost += rate * (start - errand.window.end) / 60 + WEIGHTS.late_visit
        starts.append(start)
        here = errand.point
    cost += WEIGHTS.travel * _leg(here, candidate.home, candidate.shift.end, travel) / 60
    overtime = max(0, free - candidate.shift.end)
    return cost + WEIGHTS.overtime * overtime / 60, starts, overtime


def _late(day: list[_Errand], starts: list[int]) -> int:
    return sum(start > errand.window.end for errand, start in zip(day, starts, strict=True))


def _lateness(day: list[_Errand], starts: list[int]) -> tuple[int, int, int]:
    """Seconds of the usual visits and of the urgent ones, and how many are late."""
    behind = [max(0, start - errand.window.end) for errand, start in zip(day, starts, strict=True)]
    urgent = sum(late for errand, late in zip(day, behind, strict=True) if errand.urgent)
    return sum(behind) - urgent, urgent, _late(day, starts)


@dataclass(frozen=True)
class Tried:
    cost: float
    engineer_id: str
    gap: int
    window: Span
    start: int


def enumerate_places(
    job: Job, candidates: Iterable[Candidate], limits: Limits = LIMITS, travel: TravelProvider = ROADS
) -> Iterator[Tried]:
    """Every engineer, gap and window that the limits allow, priced by walking the whole day twice."""
    for candidate in candidates:
        day = [_errand(stop) for stop in candidate.stops]
        before, usually, usual = _walk(candidate, day, travel)
        late, lateness = _late(day, usually), _lateness(day, usually)
        first = max((i + 1 for i, stop in enumerate(candidate.stops) if stop.frozen), default=0)
        extra = -min(candidate.rating_bonus, WEIGHTS.rating_cap) - WEIGHTS.same_engineer * candidate.last_good
        if job.held_by not in (None, candidate.engineer_id):
            extra += WEIGHTS.change
        for window in job.windows or (Span(job.earliest, job.due),):
            errand = _Errand(job.point, max(window.start, job.earliest), window, job.minutes * 60, job.urgent)
            for gap in range(first, len(day) + 1):
                there = [*day[:gap], errand, *day[gap:]]
                after, starts, overtime = _walk(candidate, there, travel)
                too_late = starts[gap] - window.end > limits.late * 60
                too_long = overtime > usual and overtime > limits.overtime * 60
                others = [*starts[:gap], *starts[gap + 1 :]]
                too_many = limits.late_visits is not None and _late(day, others) - late > limits.late_visits
                if not (too_late or too_long or too_many):
                    later = zip(_lateness(there, starts), lateness, strict=True)
                    fair = min(candidate.owed, WEIGHTS.fairness_cap) if all(a <= b for a, b in later) else 0.0
                    cost = after - before + extra - fair
                    yield Tried(cost, candidate.engineer_id, gap, window, starts[gap])

"""CPU time of a slot recommendation without a database: 1,000 engineers x 5 days, all and within 12 km."""

import gc
import random
from datetime import date, datetime, timedelta
from time import perf_counter, process_time

from app.domain.dispatch.plan import Candidate, Job, Span, Stop
from app.domain.dispatch.slots import HOURS, recommend
from app.domain.travel import Point, great_circle_km
from app.domain.zone import ZONE

ENGINEERS, DAYS, STOPS, RUNS = 1000, 5, 6, 40
FIRST = date(2026, 11, 23)
SOUTH_WEST = Point(24.8, 102.4)
SIDE_KM, BOX_KM = 60.0, 12.0


def main() -> None:
    dice = random.Random(7)
    homes = [random_point(dice) for _ in range(ENGINEERS)]
    week = {
        on: [random_day(dice, number, home, on) for number, home in enumerate(homes)]
        for on in (FIRST + timedelta(days=i) for i in range(DAYS))
    }
    jobs = [Job(random_point(dice), 30, _moment(FIRST, 8), _moment(FIRST, 20)) for _ in range(RUNS)]
    gaps = sum(len(c.stops) + 1 for day in week.values() for c in day)
    boxes = [_boxed(week, job) for job in jobs]
    # The weeks stand for a database: the collector of a real process would not walk them.
    gc.freeze()
    print(f"{ENGINEERS} engineers x {DAYS} days, {gaps} gaps, {RUNS} jobs")
    recommend(jobs[0], week, now=_moment(FIRST, 7))
    _report("every engineer", jobs, [week] * RUNS)
    _report(f"homes within {BOX_KM:.0f} km", jobs, boxes)


def _report(name: str, jobs: list[Job], weeks: list[dict[date, list[Candidate]]]) -> None:
    now = _moment(FIRST, 7)
    walls, cpus = [], []
    for job, week in zip(jobs, weeks, strict=True):
        wall, cpu = perf_counter(), process_time()
        if len(recommend(job, week, now=now)) != 3:
            raise SystemExit("a recommendation came out short")
        walls.append((perf_counter() - wall) * 1000)
        cpus.append((process_time() - cpu) * 1000)
    cpus.sort()
    walls.sort()
    print(
        f"{name}: cpu p50 {cpus[len(cpus) // 2]:.1f} ms, p95 {cpus[int(len(cpus) * 0.95)]:.1f} ms;"
        f" wall p50 {walls[len(walls) // 2]:.1f} ms"
    )


def _boxed(week: dict[date, list[Candidate]], job: Job) -> dict[date, list[Candidate]]:
    return {
        on: [c for c in candidates if great_circle_km(c.home, job.point) <= BOX_KM]
        for on, candidates in week.items()
    }


def random_day(dice: random.Random, number: int, home: Point, on: date) -> Candidate:
    stops = []
    for place, hour in enumerate(sorted(dice.sample(range(8, 17), STOPS))):
        window = Span(_moment(on, hour), _moment(on, hour + 2))
        point = Point(home.lat + dice.uniform(-0.05, 0.05), home.lng + dice.uniform(-0.05, 0.05))
        planned = Span(window.start, window.start + 1800)
        stops.append(Stop(f"{number}-{place}", point, window, planned, 30))
    return Candidate(f"e{number}", home, Span(_moment(on, 8), _moment(on, 17)), tuple(stops))


def random_point(dice: random.Random) -> Point:
    east, north = dice.uniform(0, SIDE_KM), dice.uniform(0, SIDE_KM)
    return Point(SOUTH_WEST.lat + north / 111.2, SOUTH_WEST.lng + east / 100.8)


def _moment(on: date, hour: int) -> int:
    return int(datetime(on.year, on.month, on.day, min(hour, HOURS[-1][1]), tzinfo=ZONE).timestamp())


if __name__ == "__main__":
    main()

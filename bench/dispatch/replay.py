"""One day in the field as it happens, whoever dispatches: engineers drive, work, are early, late or fall sick.

The office learns of a job when it is reported, is asked again every quarter of an hour and when somebody falls sick,
and may change whatever nobody has set out for. The truth about how long things take stays hidden from it.
"""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from time import process_time

from app.domain.travel import Point, great_circle_km
from bench.dispatch.days import DETOUR, KM_PER_HOUR, PARKING, Engineer, Errand, FieldDay
from bench.dispatch.policies import ANNOUNCED_MINUTES, Moment, Now, Policy, Routes

TICKS = range(475, 1080, 15)
GRACE_MINUTES = 15
UNSERVED_MINUTES = 480.0


@dataclass(frozen=True)
class Outcome:
    """Shares in per cent, times in minutes; ``changes`` are engineers changed after the customer knew the name."""

    on_time: float
    within_grace: float
    urgent_on_time: float
    late: float
    travel: float
    overtime: float
    changes: float
    cpu_seconds: float


@dataclass
class Worker:
    engineer: Engineer
    place: tuple[float, float]
    free_at: float
    really_free_at: float
    queue: list[int] = field(default_factory=list)
    busy: bool = False
    sick: bool = False
    last_end: float = 0.0
    # An appointment with himself to set out; a newer one makes the older void.
    alarm: int = 0


class Day:
    def __init__(self, day: FieldDay, policy: Policy) -> None:
        self._errands = {errand.number: errand for errand in day.errands}
        self._workers = {e.number: Worker(e, e.home, e.shift[0], e.shift[0]) for e in day.engineers}
        self._policy = policy
        self._events: list[tuple[float, int, Callable[[float], None]]] = []
        self._serial = count()
        self._loose: list[int] = []
        self._started: dict[int, float] = {}
        self._told: dict[int, int] = {}
        self._travel = 0.0
        self._changes = 0

    def run(self) -> Outcome:
        used = process_time()
        for errand in self._errands.values():
            self._at(errand.revealed, partial(self._reveal, errand))
        for worker in self._workers.values():
            self._wake(worker, worker.engineer.shift[0])
            if worker.engineer.sick_at is not None:
                self._at(worker.engineer.sick_at, partial(self._fall_sick, worker))
        for tick in TICKS:
            self._at(tick, lambda now: self._change(now, self._policy.tick(self._moment(now))))
        while self._events:
            now, _, happens = heapq.heappop(self._events)
            happens(now)
        return self._outcome(process_time() - used)

    def _at(self, minute: float, happens: Callable[[float], None]) -> None:
        heapq.heappush(self._events, (minute, next(self._serial), happens))

    def _moment(self, now: float) -> Moment:
        seen = {
            number: Now(worker.place, worker.free_at, tuple(worker.queue), worker.sick)
            for number, worker in self._workers.items()
        }
        return Moment(now, seen, tuple(self._loose))

    def _reveal(self, errand: Errand, now: float) -> None:
        self._loose.append(errand.number)
        self._change(now, self._policy.reveal(self._moment(now), errand))

    def _fall_sick(self, worker: Worker, now: float) -> None:
        worker.sick = True
        self._loose += worker.queue
        worker.queue = []
        self._change(now, self._policy.tick(self._moment(now)))

    def _change(self, now: float, routes: Routes) -> None:
        placed = [number for queue in routes.values() for number in queue]
        if len(placed) != len(set(placed)) or any(number in self._started for number in placed):
            raise ValueError("a job was planned twice, or after somebody had set out for it")
        for number, worker in self._workers.items():
            if number in routes:
                self._loose += [job for job in worker.queue if job not in placed]
                worker.queue = list(routes[number])
                self._announce(now, number, worker.queue)
            else:
                worker.queue = [job for job in worker.queue if job not in placed]
        self._loose = [job for job in self._loose if job not in placed]
        for number in routes:
            if not self._workers[number].busy:
                self._wake(self._workers[number], max(now, self._workers[number].really_free_at))

    def _announce(self, now: float, engineer: int, queue: list[int]) -> None:
        for job in queue:
            errand, before = self._errands[job], self._told.get(job)
            known = now >= errand.window[0] - ANNOUNCED_MINUTES and not errand.urgent
            if before is not None and before != engineer and known and not self._workers[before].sick:
                self._changes += 1
            self._told[job] = engineer

    def _wake(self, worker: Worker, when: float) -> None:
        worker.alarm += 1
        alarm = worker.alarm
        self._at(when, lambda now: self._set_out(now, worker) if alarm == worker.alarm else None)

    def _set_out(self, now: float, worker: Worker) -> None:
        if worker.busy or worker.sick or not worker.queue:
            return
        errand = self._errands[worker.queue[0]]
        way = minutes(worker.place, errand.place)
        # He does not stand before the door early; five minutes are his own margin.
        leaves = max(now, errand.window[0] - way - 5, worker.really_free_at)
        if leaves > now + 1e-6:
            self._wake(worker, leaves)
            return
        worker.queue.pop(0)
        drive = way * errand.way_factor * congestion(now)
        begins = max(now + drive, errand.window[0])
        ends = begins + errand.really
        self._travel += drive
        self._started[errand.number] = begins
        worker.busy, worker.place = True, errand.place
        worker.free_at = max(now + way, errand.window[0]) + errand.minutes
        worker.really_free_at = worker.last_end = ends
        self._at(ends, lambda done: self._finish(done, worker))

    def _finish(self, now: float, worker: Worker) -> None:
        worker.busy = False
        worker.free_at = worker.really_free_at = now
        self._wake(worker, now)

    def _outcome(self, cpu_seconds: float) -> Outcome:
        jobs = self._errands.values()
        late = {
            job.number: max(0.0, self._started[job.number] - job.window[1])
            if job.number in self._started
            else UNSERVED_MINUTES
            for job in jobs
        }
        urgent = [late[job.number] <= 0 for job in jobs if job.urgent]
        home = sum(minutes(w.place, w.engineer.home) for w in self._workers.values())
        overtime = sum(max(0.0, w.last_end - w.engineer.shift[1]) for w in self._workers.values())
        return Outcome(
            on_time=100 * sum(x <= 0 for x in late.values()) / len(late),
            within_grace=100 * sum(x <= GRACE_MINUTES for x in late.values()) / len(late),
            urgent_on_time=100 * sum(urgent) / max(1, len(urgent)),
            late=sum(late.values()) / len(late),
            travel=(self._travel + home) / len(late),
            overtime=overtime,
            changes=self._changes / len(late),
            cpu_seconds=cpu_seconds,
        )


def minutes(a: tuple[float, float], b: tuple[float, float]) -> float:
    return 0.0 if a == b else great_circle_km(Point(*a), Point(*b)) * DETOUR / KM_PER_HOUR * 60 + PARKING


def congestion(now: float) -> float:
    return 1.25 if 450 <= now < 570 or 1020 <= now < 1140 else 0.95

"""Ways of dispatching a day. Each answers two questions: where does a new job go, and what should change by now.

Minutes count from midnight of the day, as in the files; the product counts seconds since the epoch.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from time import process_time
from typing import Protocol

from app.domain.dispatch.insertion import rank
from app.domain.dispatch.place import Rules
from app.domain.dispatch.plan import Candidate, Job, Span, Stop
from app.domain.dispatch.search import Budget, arrange, improve
from app.domain.dispatch.tours import Territory, Visit
from app.domain.travel import Point, RoadEstimate, great_circle_km
from bench.dispatch.days import DETOUR, KM_PER_HOUR, PARKING, Engineer, Errand

Routes = dict[int, list[int]]
# 2026-11-23 in Shanghai, a Monday; only the hour of the day matters.
MIDNIGHT = 1_795_363_200
# From then on the customer knows who comes.
ANNOUNCED_MINUTES = 60
ROADS = RoadEstimate(road_factor=DETOUR, km_per_hour=KM_PER_HOUR, parking_minutes=PARKING)


@dataclass(frozen=True)
class Now:
    """An engineer as the office sees him: where he is or is going, when he is free, what he has yet to do."""

    place: tuple[float, float]
    free_at: float
    queue: tuple[int, ...]
    sick: bool = False


@dataclass(frozen=True)
class Moment:
    at: float
    engineers: Mapping[int, Now]
    loose: tuple[int, ...]

    @property
    def able(self) -> list[int]:
        return [number for number, now in self.engineers.items() if not now.sick]


class Policy(Protocol):
    """Both answer with the new queues of those engineers whose queue changes."""

    def reveal(self, moment: Moment, errand: Errand) -> Routes: ...

    def tick(self, moment: Moment) -> Routes: ...


class Office:
    """What every policy knows: its people and the jobs that it has been told of."""

    def __init__(self, engineers: Sequence[Engineer]) -> None:
        self.engineers = {engineer.number: engineer for engineer in engineers}
        self.errands: dict[int, Errand] = {}

    def reveal(self, moment: Moment, errand: Errand) -> Routes:
        self.errands[errand.number] = errand
        return self.place(moment, (errand.number,))

    def tick(self, moment: Moment) -> Routes:
        return self.place(moment, moment.loose)

    def place(self, moment: Moment, loose: Sequence[int]) -> Routes:
        """Each loose job to somebody, the soonest window first."""
        queues = {number: list(now.queue) for number, now in moment.engineers.items()}
        changed: Routes = {}
        for number in sorted(loose, key=lambda n: (self.errands[n].window[0], n)):
            able = [e for e in moment.able if self.errands[number].skill in self.engineers[e].skills]
            engineer, position = self.choose(moment, self.errands[number], able, queues)
            queues[engineer].insert(position, number)
            changed[engineer] = queues[engineer]
        return changed

    def choose(
        self, moment: Moment, errand: Errand, able: Sequence[int], queues: Mapping[int, Sequence[int]]
    ) -> tuple[int, int]:
        raise NotImplementedError

    def by_window(self, queue: Sequence[int], errand: Errand) -> int:
        return sum(self.errands[number].window[0] <= errand.window[0] for number in queue)


class Nearest(Office):
    """Whoever is nearest now, whatever he has to do."""

    def choose(
        self, moment: Moment, errand: Errand, able: Sequence[int], queues: Mapping[int, Sequence[int]]
    ) -> tuple[int, int]:
        there = Point(*errand.place)
        nearest = min(able, key=lambda e: great_circle_km(Point(*moment.engineers[e].place), there))
        return nearest, self.by_window(queues[nearest], errand)


class Score(Office):
    """Distance .4, load .4 and rating .2 in one number, the usual rule of such systems."""

    def choose(
        self, moment: Moment, errand: Errand, able: Sequence[int], queues: Mapping[int, Sequence[int]]
    ) -> tuple[int, int]:
        there = Point(*errand.place)

        def score(e: int) -> float:
            km = great_circle_km(Point(*moment.engineers[e].place), there)
            return 0.4 * km / 20 + 0.4 * len(queues[e]) / 12 - 0.2 * self.engineers[e].rating / 5

        best = min(able, key=score)
        return best, self.by_window(queues[best], errand)


class Insertion(Office):
    """The product's insertion alone: each job once, where it costs least as things stand."""

    def choose(
        self, moment: Moment, errand: Errand, able: Sequence[int], queues: Mapping[int, Sequence[int]]
    ) -> tuple[int, int]:
        candidates = [self.candidate(moment, e, queues[e]) for e in able]
        window = _span(errand)
        job = Job(
            Point(*errand.place), errand.minutes, seconds_at(moment.at), window.end, (window,), errand.urgent
        )
        found = rank(job, candidates, 1, Rules(travel=ROADS)).winner
        if found is None:
            idle = min(able, key=lambda e: (len(queues[e]), e))
            return idle, len(queues[idle])
        return int(found.engineer_id), found.position

    def candidate(self, moment: Moment, number: int, queue: Sequence[int]) -> Candidate:
        engineer, now = self.engineers[number], moment.engineers[number]
        begins = max(now.free_at, moment.at, engineer.shift[0])
        return Candidate(
            engineer_id=str(number),
            home=Point(*engineer.home),
            shift=Span(seconds_at(begins), max(seconds_at(begins), seconds_at(engineer.shift[1]))),
            stops=tuple(stop_of(self.errands[errand]) for errand in queue),
            origin=Point(*now.place),
        )


@dataclass(frozen=True)
class Effort:
    """CPU seconds: for the plan of the night, for each quarter of an hour, and at once for something urgent."""

    night: float = 2.5
    tick: float = 0.24
    urgent: float = 0.05
    buffer_minutes: int = 3


EFFORT = Effort()


class Search(Insertion):
    """Insertion at once, and the product's search over all tours whenever there is time for it."""

    def __init__(self, engineers: Sequence[Engineer], effort: Effort = EFFORT, seed: int = 7) -> None:
        super().__init__(engineers)
        self._effort = effort
        self._random = Random(seed)
        self._planned = False

    def reveal(self, moment: Moment, errand: Errand) -> Routes:
        changed = super().reveal(moment, errand)
        if not errand.urgent:
            return changed
        return self._improved(moment, changed, self._effort.urgent)

    def tick(self, moment: Moment) -> Routes:
        changed = super().tick(moment)
        seconds, warm = (self._effort.tick, 6.0) if self._planned else (self._effort.night, 60.0)
        self._planned = True
        return self._improved(moment, changed, seconds, warm)

    def _improved(self, moment: Moment, changed: Routes, seconds: float, warm: float = 6.0) -> Routes:
        able = moment.able
        before = {e: list(moment.engineers[e].queue) for e in able}
        queues = {e: changed.get(e, before[e]) for e in able}
        numbers = [number for queue in queues.values() for number in queue]
        index = {number: i for i, number in enumerate(numbers)}
        holder = {number: e for e, queue in before.items() for number in queue}
        territory = Territory(
            [self.candidate(moment, e, ()) for e in able],
            [self._visit(number, holder.get(number), moment.at) for number in numbers],
            travel=ROADS,
            buffer_minutes=self._effort.buffer_minutes,
        )
        start = arrange(territory, [[index[number] for number in queues[e]] for e in able], ())
        found = improve(territory, start, cpu_budget(seconds, warm), self._random)
        better = {e: [numbers[i] for i in tour] for e, tour in zip(able, found.tours, strict=True)}
        return {e: queue for e, queue in better.items() if queue != before[e]}

    def _visit(self, number: int, holder: int | None, now: float) -> Visit:
        errand = self.errands[number]
        announced = now >= errand.window[0] - ANNOUNCED_MINUTES and not errand.urgent
        skilled = (str(e) for e, engineer in self.engineers.items() if errand.skill in engineer.skills)
        held_by = str(holder) if announced and holder is not None else None
        return Visit(stop_of(errand), frozenset(skilled), held_by)


def cpu_budget(seconds: float, warm: float = 6.0) -> Budget:
    end = process_time() + seconds
    return Budget(lambda: max(0.0, (end - process_time()) / seconds), warm=warm)


def seconds_at(minute: float) -> int:
    return MIDNIGHT + round(minute * 60)


def _span(errand: Errand) -> Span:
    return Span(seconds_at(errand.window[0]), seconds_at(errand.window[1]))


def stop_of(errand: Errand) -> Stop:
    window = _span(errand)
    planned = Span(window.start, window.start + errand.minutes * 60)
    return Stop(str(errand.number), Point(*errand.place), window, planned, errand.minutes, errand.urgent)

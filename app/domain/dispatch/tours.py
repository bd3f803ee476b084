"""The whole day of a territory as numbers: every engineer's tour, what it costs, and where one more visit fits.

The search over plans asks these questions some hundred thousand times a second, so there are no objects in here but
tuples and lists of numbers. Times are seconds; costs are the minutes of ``app.domain.dispatch.cost``.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, inf
from sys import maxsize
from typing import NamedTuple

from app.domain.dispatch.cost import WEIGHTS, Weights
from app.domain.dispatch.place import owed
from app.domain.dispatch.plan import Candidate, Stop
from app.domain.travel import ROADS, Point, TravelProvider

Tour = list[int]


@dataclass(frozen=True)
class Visit:
    """A stop that may still go to any of ``engineers``; ``held_by`` is the one whom the customer was told.

    A pinned one has its engineer and its time already, and the plan goes round it.
    """

    stop: Stop
    engineers: frozenset[str]
    held_by: str | None = None
    pinned: bool = False


class Place(NamedTuple):
    cost: float
    position: int


# The position of a place that does not exist at less than the cost beside it.
NOWHERE = -1


class Timed:
    """A tour with the moments it leads to. It never changes, so what is found out about it stays true and is kept.

    ``free[i]`` is when its engineer can leave for stop i and ``legs[i]`` his way to it, the last one home. Beyond
    ``latest[i]`` a start brings lateness or overtime, second for second; the last is the end of his work.
    """

    __slots__ = ("cost", "free", "latest", "legs", "places", "shorter", "starts", "stops")

    def __init__(
        self, stops: Tour, free: list[int], legs: list[int], starts: list[int], latest: list[int], cost: float
    ) -> None:
        self.stops = stops
        self.free = free
        self.legs = legs
        self.starts = starts
        self.latest = latest
        self.cost = cost
        self.places: dict[int, Place] = {}
        self.shorter: dict[int, Timed] = {}


class Territory:
    """What is to be planned: engineers with the place and moment at which they are free, and the visits.

    An engineer stands there once for each of his working spans.
    """

    def __init__(
        self,
        engineers: Sequence[Candidate],
        visits: Sequence[Visit],
        *,
        weights: Weights = WEIGHTS,
        travel: TravelProvider = ROADS,
        buffer_minutes: int = 0,
    ) -> None:
        self.engineers = tuple(engineers)
        self.visits = tuple(visits)
        self.weights = weights
        ids = [engineer.engineer_id for engineer in self.engineers]
        self.able = [[i for i, e in enumerate(ids) if e in visit.engineers] for visit in self.visits]
        # Persons are known by the number of their first span.
        self._person = [ids.index(e) for e in ids]
        # How many open visits a person may have, and how many there must be in a span before one has to count.
        self._spans = [[i for i, other in enumerate(ids) if other == e] for e in ids]
        self._room = [_room(engineer) for engineer in self.engineers]
        self._count_from = [
            room if len(spans) == 1 else 0 for room, spans in zip(self._room, self._spans, strict=True)
        ]
        self.held = [ids.index(v.held_by) if v.held_by in ids else None for v in self.visits]
        stops = [visit.stop for visit in self.visits]
        self.opens = [stop.window.start for stop in stops]
        self._closes = [stop.window.end for stop in stops]
        self._lasts = [(stop.minutes + buffer_minutes) * 60 for stop in stops]
        late = (weights.late / 60, weights.urgent_late / 60)
        self._late = [late[stop.urgent] for stop in stops]
        # Whoever had little lately is favoured for each visit that he keeps; one that is late costs that as well.
        self._owed = [owed(engineer, weights) for engineer in self.engineers]
        self._late_visit = [weights.late_visit + minutes for minutes in self._owed]
        self._rate = weights.travel / 60
        self._overtime = weights.overtime / 60
        # What a second beyond ``Timed.latest`` costs at least.
        self._least = min(*late, self._overtime)
        self._begins = [engineer.shift.start for engineer in self.engineers]
        self._ends = [engineer.shift.end for engineer in self.engineers]
        self.ways = _ways(self.engineers, stops, travel)

    def origin(self, engineer: int) -> int:
        """The row of ``ways`` that leads away from where this engineer is now."""
        return len(self.visits) + engineer

    def time(self, engineer: int, stops: Tour) -> Timed:
        ways, opens, closes, lasts, held = self.ways, self.opens, self._closes, self._lasts, self.held
        weights, person, origin = self.weights, self._person[engineer], self.origin(engineer)
        row, now, cost = ways[origin], self._begins[engineer], -self._owed[engineer] * len(stops)
        free, legs, starts = [now], [], []
        for stop in stops:
            leg = row[stop]
            now += leg
            if now < opens[stop]:
                now = opens[stop]
            elif now > closes[stop]:
                cost += self._late[stop] * (now - closes[stop]) + self._late_visit[engineer]
            if held[stop] is not None and held[stop] != person:
                cost += weights.change
            legs.append(leg)
            starts.append(now)
            now += lasts[stop]
            free.append(now)
            row = ways[stop]
        legs.append(row[origin] if stops else 0)
        end = self._ends[engineer]
        if now > end and stops:
            cost += self._overtime * (now - end)
        cost += sum(legs) * self._rate
        return Timed(stops, free, legs, starts, self._latest(stops, legs, starts, max(now, end)), cost)

    def _latest(self, stops: Tour, legs: list[int], starts: list[int], end: int) -> list[int]:
        latest, bound = [end], end
        for i in range(len(stops) - 1, -1, -1):
            stop = stops[i]
            bound -= self._lasts[stop]
            if bound > self._closes[stop]:
                bound = self._closes[stop]
            # What is late already has no slack, but not less than none.
            if bound < starts[i]:
                bound = starts[i]
            latest.append(bound)
            bound -= legs[i]
        latest.reverse()
        return latest

    def without(self, engineer: int, tour: Timed, gone: set[int]) -> Timed:
        if len(gone) > 1:
            return self.time(engineer, [stop for stop in tour.stops if stop not in gone])
        (visit,) = gone
        shorter = tour.shorter.get(visit)
        if shorter is None:
            shorter = self.time(engineer, [stop for stop in tour.stops if stop != visit])
            tour.shorter[visit] = shorter
        return shorter

    def cheapest(
        self, visit: int, tours: Sequence[Timed], likely: int | None = None
    ) -> tuple[int, int] | None:
        """Whose tour it lengthens least, and where in it; None when nobody can do it.

        The sooner something cheap is found the less there is to look at: whoever is ``likely`` is asked first.
        """
        ceiling, chosen = inf, None
        unknown: list[int] = []
        for engineer in self.able[visit]:
            if len(tours[engineer].stops) >= self._count_from[engineer] and self._full(engineer, tours):
                continue
            known = tours[engineer].places.get(visit)
            if known is None or known.position == NOWHERE:
                if engineer == likely:
                    unknown.insert(0, engineer)
                else:
                    unknown.append(engineer)
            elif known.cost < ceiling:
                ceiling, chosen = known.cost, (engineer, known.position)
        for engineer in unknown:
            places = tours[engineer].places
            known = places.get(visit)
            if known is not None and known.cost >= ceiling:
                continue
            known = places[visit] = self.best_place(visit, engineer, tours[engineer], ceiling)
            if known.position != NOWHERE:
                ceiling, chosen = known.cost, (engineer, known.position)
        return chosen

    def _full(self, engineer: int, tours: Sequence[Timed]) -> bool:
        open_visits = sum(len(tours[span].stops) for span in self._spans[engineer])
        return open_visits >= self._room[engineer]

    def best_place(self, visit: int, engineer: int, tour: Timed, ceiling: float) -> Place:
        """The cheapest position of ``visit`` in this tour, if it costs less than ``ceiling``.

        Where it would begin too late, or keep the others waiting too long, it need not be looked at.
        """
        ways, away, origin = self.ways, self.ways[visit], len(self.visits) + engineer
        opens, closes, lasts = self.opens[visit], self._closes[visit], self._lasts[visit]
        late, late_visit, rate, least = self._late[visit], self._late_visit[engineer], self._rate, self._least
        stops, free, legs, latest = tour.stops, tour.free, tour.legs, tour.latest
        held, count = self.held[visit], len(stops)
        extra = self.weights.change if held is not None and held != self._person[engineer] else 0.0
        extra -= self._owed[engineer]
        best, most = NOWHERE, ceiling - extra
        first = bisect_left(latest, opens + lasts - most / least) if most < inf else 0
        # What it costs at least wherever it was not worth a closer look.
        floor = (opens + lasts - latest[first - 1]) * least if first else inf
        for position in range(first, count + 1):
            now = free[position]
            if now > closes:
                cost = late * (now - closes) + late_visit
                if cost >= most:
                    if cost < floor:
                        floor = cost
                    break
            way = ways[stops[position - 1] if position else origin][visit]
            onward = away[stops[position] if position < count else origin]
            cost = (way + onward - legs[position]) * rate
            if cost < most:
                now += way
                if now < opens:
                    now = opens
                elif now > closes:
                    cost += late * (now - closes) + late_visit
                now += lasts
                if position < count:
                    now += onward
                beyond = now - latest[position]
                if beyond > 0:
                    sure = cost + beyond * least
                    cost = (
                        sure
                        if sure >= most
                        else cost + self._delay(engineer, tour, position, now, most - cost)
                    )
                if cost < most:
                    best, most = position, cost
                    continue
            if cost < floor:
                floor = cost
        return Place(most + extra, best) if best != NOWHERE else Place(floor + extra, NOWHERE)

    def _delay(self, engineer: int, tour: Timed, position: int, now: int, most: float) -> float:
        """The lateness and overtime that come of reaching the stop at ``position`` at ``now``, as far as ``most``."""
        opens, closes, lasts, late = self.opens, self._closes, self._lasts, self._late
        stops, starts, legs = tour.stops, tour.starts, tour.legs
        count, cost = len(stops), 0.0
        for i in range(position, count):
            stop, before = stops[i], starts[i]
            if now < opens[stop]:
                now = opens[stop]
            if now <= before:
                return cost
            close = closes[stop]
            if now > close:
                if before > close:
                    cost += late[stop] * (now - before)
                else:
                    cost += late[stop] * (now - close) + self._late_visit[engineer]
                if cost >= most:
                    return cost
            now += lasts[stop]
            if i + 1 < count:
                now += legs[i + 1]
        return cost + self._overtime * max(0, now - max(self._ends[engineer], tour.free[-1]))


def _room(engineer: Candidate) -> int:
    if engineer.max_visits is None:
        return maxsize
    return engineer.max_visits - engineer.other_visits


def _ways(engineers: Sequence[Candidate], stops: Sequence[Stop], travel: TravelProvider) -> list[list[int]]:
    """Seconds from each place to each; the rows and columns after the stops are where the engineers are and live."""
    leaving: list[Point] = [stop.point for stop in stops]
    leaving += [engineer.origin or engineer.home for engineer in engineers]
    reached = [(stop.point, stop.window.start) for stop in stops]
    reached += [(engineer.home, engineer.shift.end) for engineer in engineers]
    return [[ceil(minutes * 60) for minutes in row] for row in travel.matrix(leaving, reached)]

"""The whole day of a territory as numbers: every engineer's tour, what it costs, and where one more visit fits.

The search over plans asks these questions some hundred thousand times a second, so there are no objects in here but
tuples and lists of numbers. Times are seconds; costs are the minutes of ``app.domain.dispatch.cost``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import NamedTuple

from app.domain.dispatch.cost import WEIGHTS, Weights
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


class Timed(NamedTuple):
    """A tour with the moments it leads to: ``free[i]`` is when its engineer can leave for stop i."""

    stops: Tour
    free: list[int]
    starts: list[int]
    cost: float


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
        self.held = [ids.index(v.held_by) if v.held_by in ids else None for v in self.visits]
        stops = [visit.stop for visit in self.visits]
        self.opens = [stop.window.start for stop in stops]
        self._closes = [stop.window.end for stop in stops]
        self._lasts = [(stop.minutes + buffer_minutes) * 60 for stop in stops]
        late = (weights.late / 60, weights.urgent_late / 60)
        self._late = [late[stop.urgent] for stop in stops]
        self._begins = [engineer.shift.start for engineer in self.engineers]
        self._ends = [engineer.shift.end for engineer in self.engineers]
        self.ways = _ways(self.engineers, stops, travel)
        self._onward = [[w * weights.travel / 60 for w in row] for row in self.ways]

    def origin(self, engineer: int) -> int:
        """The row of ``ways`` that leads away from where this engineer is now."""
        return len(self.visits) + engineer

    def time(self, engineer: int, stops: Tour) -> Timed:
        ways, opens, closes, lasts = self.ways, self.opens, self._closes, self._lasts
        weights, price, person = self.weights, self._onward, self._person[engineer]
        here, now, cost = self.origin(engineer), self._begins[engineer], 0.0
        free, starts = [now], []
        for stop in stops:
            cost += price[here][stop]
            now += ways[here][stop]
            if now < opens[stop]:
                now = opens[stop]
            elif now > closes[stop]:
                cost += self._late[stop] * (now - closes[stop]) + weights.late_visit
            if self.held[stop] not in (None, person):
                cost += weights.change
            starts.append(now)
            now += lasts[stop]
            free.append(now)
            here = stop
        if stops:
            cost += price[here][self.origin(engineer)]
            cost += weights.overtime / 60 * max(0, now - self._ends[engineer])
        return Timed(stops, free, starts, cost)

    def best_place(self, visit: int, engineer: int, tour: Timed, ceiling: float) -> Place | None:
        """The cheapest position of ``visit`` in this tour, if it costs less than ``ceiling``."""
        price, origin = self._onward, len(self.visits) + engineer
        extra = self.weights.change if self.held[visit] not in (None, self._person[engineer]) else 0.0
        best: Place | None = None
        here, away = origin, price[visit]
        stops, last = tour.stops, len(tour.stops)
        for position in range(last + 1):
            onward = stops[position] if position < last else origin
            cost = extra + price[here][visit] + away[onward] - (price[here][onward] if stops else 0.0)
            here = onward
            if cost >= ceiling:
                continue
            cost += self._disturbance(visit, engineer, tour, position, ceiling - cost)
            if cost < ceiling:
                best, ceiling = Place(cost, position), cost
        return best

    def _disturbance(self, visit: int, engineer: int, tour: Timed, position: int, most: float) -> float:
        """Lateness and overtime that come with it there; no more is added up than ``most`` allows."""
        ways, opens, closes, lasts, late = self.ways, self.opens, self._closes, self._lasts, self._late
        stops, visit_late = tour.stops, self.weights.late_visit
        here = stops[position - 1] if position else self.origin(engineer)
        now = tour.free[position] + ways[here][visit]
        cost = 0.0
        if now < opens[visit]:
            now = opens[visit]
        elif now > closes[visit]:
            cost = late[visit] * (now - closes[visit]) + visit_late
        now += lasts[visit]
        here = visit
        for i in range(position, len(stops)):
            stop, before = stops[i], tour.starts[i]
            now += ways[here][stop]
            if now < opens[stop]:
                now = opens[stop]
            if now == before:
                return cost
            close = closes[stop]
            cost += late[stop] * (max(0, now - close) - max(0, before - close))
            cost += visit_late * ((now > close) - (before > close))
            if cost >= most and now > before:
                return cost
            now += lasts[stop]
            here = stop
        end = self._ends[engineer]
        return cost + self.weights.overtime / 60 * (max(0, now - end) - max(0, tour.free[-1] - end))


def _ways(engineers: Sequence[Candidate], stops: Sequence[Stop], travel: TravelProvider) -> list[list[int]]:
    """Seconds from each place to each; the rows and columns after the stops are where the engineers are and live."""
    leaving: list[Point] = [stop.point for stop in stops]
    leaving += [engineer.origin or engineer.home for engineer in engineers]
    reached = [(stop.point, stop.window.start) for stop in stops]
    reached += [(engineer.home, engineer.shift.end) for engineer in engineers]
    return [[ceil(minutes * 60) for minutes in row] for row in travel.matrix(leaving, reached)]

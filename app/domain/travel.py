"""How long an engineer is on the way. Coordinates are GCJ-02, distances kilometres, durations minutes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from math import asin, cos, dist, radians, sin
from typing import Protocol

EARTH_DIAMETER_KM = 2 * 6371.0088
# China keeps one offset all year, so the hour of the day needs no calendar.
_OFFSET_S = 8 * 3600
_DAY_S = 24 * 3600
_MORNING_S = (27_000, 34_200)  # 07:30-09:30
_EVENING_S = (61_200, 68_400)  # 17:00-19:00

# A place on the unit sphere.
Direction = tuple[float, float, float]


@dataclass(frozen=True)
class Point:
    """A place in degrees of GCJ-02, the system that WeChat's location picker answers in.

    ``unit`` is the place on the unit sphere: the haversine of two places follows from the chord between them.
    """

    lat: float
    lng: float

    unit: Direction = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "unit", unit(self.lat, self.lng))


def unit(lat: float, lng: float) -> Direction:
    north, east = radians(lat), radians(lng)
    flat = cos(north)
    return flat * cos(east), flat * sin(east), sin(north)


class TravelProvider(Protocol):
    def minutes(self, a: Point, b: Point, depart: int) -> float:
        """Minutes from a to b when leaving at ``depart`` (seconds since the epoch); 0 at the same place.

        It is asked some ten thousand times a plan: a map service fetches its matrix first.
        """
        ...

    def matrix(self, leaving: Sequence[Point], reached: Sequence[tuple[Point, int]]) -> list[list[float]]:
        """``minutes`` from each place to each of the others, to be there at its moment."""
        ...

    def least(self, km: float) -> float:
        """No way over this great-circle distance or a longer one is ever shorter; 0 when nothing is known."""
        ...

    def most(self, km: float) -> float:
        """No way over this great-circle distance or a shorter one is ever longer; infinite when nothing is known."""
        ...


def great_circle_km(a: Point, b: Point) -> float:
    return arc_km(dist(a.unit, b.unit))


def arc_km(chord: float) -> float:
    """The way over the ground below a straight line between two places of the unit sphere."""
    return EARTH_DIAMETER_KM * asin(min(1.0, chord / 2))


def in_peak(at: int) -> bool:
    second = (at + _OFFSET_S) % _DAY_S
    return _MORNING_S[0] <= second < _MORNING_S[1] or _EVENING_S[0] <= second < _EVENING_S[1]


@dataclass(frozen=True)
class RoadEstimate:
    """The built-in provider: great circle x detour at town speed. It errs by about 8 % in distance."""

    road_factor: float = 1.33
    km_per_hour: float = 25.0
    peak_slowdown: float = 1.25
    parking_minutes: float = 3.0

    @cached_property
    def _pace(self) -> float:
        return self.road_factor / self.km_per_hour * 60

    def minutes(self, a: Point, b: Point, depart: int) -> float:
        km = arc_km(dist(a.unit, b.unit))
        return self.most(km) if in_peak(depart) else self.least(km)

    def matrix(self, leaving: Sequence[Point], reached: Sequence[tuple[Point, int]]) -> list[list[float]]:
        """As ``minutes``, with everything that depends on one place only worked out once."""
        units = [place.unit for place, _ in reached]
        paces = [self._pace * (self.peak_slowdown if in_peak(at) else 1.0) for _, at in reached]
        return [
            [
                km * pace + self.parking_minutes if (km := arc_km(dist(place.unit, unit))) else 0.0
                for unit, pace in zip(units, paces, strict=True)
            ]
            for place in leaving
        ]

    def least(self, km: float) -> float:
        return km * self._pace + self.parking_minutes if km else 0.0

    def most(self, km: float) -> float:
        return km * self._pace * self.peak_slowdown + self.parking_minutes if km else 0.0


ROADS = RoadEstimate()


def expected_at(here: Point, there: Point, now: datetime) -> datetime:
    """When somebody who is here now will be there."""
    return now + timedelta(minutes=ROADS.minutes(here, there, int(now.timestamp())))


def eta_band(way_minutes: float) -> int:
    """How far off an estimate of so many minutes on the way may well be: a seventh, and the looking for a place."""
    return round(3 + max(0.0, way_minutes) / 7)


def minutes(a: Point, b: Point, depart: int) -> float:
    return ROADS.minutes(a, b, depart)

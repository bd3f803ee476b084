"""How long an engineer is on the way. Coordinates are GCJ-02, distances kilometres, durations minutes."""

from dataclasses import dataclass
from functools import cached_property
from math import asin, cos, dist, radians, sin
from typing import Protocol

EARTH_DIAMETER_KM = 2 * 6371.0088
# China keeps one offset all year, so the hour of the day needs no calendar.
_OFFSET_S = 8 * 3600
_DAY_S = 24 * 3600
_PEAKS_S = ((27_000, 34_200), (61_200, 68_400))  # 07:30-09:30 and 17:00-19:00


@dataclass(frozen=True)
class Point:
    """A place in degrees of GCJ-02, the system that WeChat's location picker answers in."""

    lat: float
    lng: float

    @cached_property
    def unit(self) -> tuple[float, float, float]:
        """The place on the unit sphere: the haversine of two places follows from the chord between them."""
        lat, lng = radians(self.lat), radians(self.lng)
        return cos(lat) * cos(lng), cos(lat) * sin(lng), sin(lat)


class TravelProvider(Protocol):
    def minutes(self, a: Point, b: Point, depart: int) -> float:
        """Minutes from a to b when leaving at ``depart`` (seconds since the epoch); 0 at the same place.

        It is asked some ten thousand times a plan: a map service fetches its matrix first.
        """
        ...


def great_circle_km(a: Point, b: Point) -> float:
    return EARTH_DIAMETER_KM * asin(min(1.0, dist(a.unit, b.unit) / 2))


def in_peak(at: int) -> bool:
    second = (at + _OFFSET_S) % _DAY_S
    return any(start <= second < end for start, end in _PEAKS_S)


@dataclass(frozen=True)
class RoadEstimate:
    """The built-in provider: great circle x detour at town speed. It errs by about 8 % in distance."""

    road_factor: float = 1.33
    km_per_hour: float = 25.0
    peak_slowdown: float = 1.25
    parking_minutes: float = 3.0

    def minutes(self, a: Point, b: Point, depart: int) -> float:
        if a == b:
            return 0.0
        driving = great_circle_km(a, b) * self.road_factor / self.km_per_hour * 60
        return driving * (self.peak_slowdown if in_peak(depart) else 1.0) + self.parking_minutes


ROADS = RoadEstimate()


def minutes(a: Point, b: Point, depart: int) -> float:
    return ROADS.minutes(a, b, depart)

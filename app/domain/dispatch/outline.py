"""Where the places of an engineer's day are, for bounds from below that need no prepared day."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import dist

from app.domain.travel import Direction, arc_km

# The last digits of a radius are not to decide whether a place is within it.
_ROUNDING_KM = 1e-6


@dataclass(frozen=True, slots=True)
class Outline:
    """The places from where the day begins to where it ends, the ways between them, and a circle around them all."""

    places: tuple[Direction, ...]
    legs_km: tuple[float, ...]
    longest_km: float
    centre: Direction
    radius_km: float

    @classmethod
    def of(cls, places: Sequence[Direction]) -> "Outline":
        legs = tuple(arc_km(chord) for chord in map(dist, places, places[1:]))
        centre = places[0]
        radius = max(arc_km(dist(centre, place)) for place in places)
        return cls(tuple(places), legs, max(legs), centre, radius + _ROUNDING_KM)

    def least_km(self, place: Direction) -> float:
        """None of the places is nearer."""
        return max(0.0, arc_km(dist(self.centre, place)) - self.radius_km)

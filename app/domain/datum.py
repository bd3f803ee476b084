"""Two systems of coordinates meet in China: what satellites say (WGS-84) and what maps there are drawn in (GCJ-02).

GCJ-02 is WGS-84 pushed aside by some hundred metres, differently from street to street: far enough that an engineer
who stands at the door would be taken for one who stands at another. The house keeps GCJ-02 (``travel.Point``);
whatever was measured in WGS-84 is converted once, on its way in. Outside China the two are the same.
"""

from enum import StrEnum
from math import cos, pi, radians, sin, sqrt

from app.domain.travel import Point

# The ellipsoid of Krasovsky, on which the shift is defined: its half axis in metres, its eccentricity squared.
_AXIS_M = 6378245.0
_ECCENTRICITY_2 = 0.00669342162296594323
_SOUTH, _NORTH, _WEST, _EAST = 0.8293, 55.8271, 72.004, 137.8347
# A tenth of a metre.
_DIGITS = 6


class Datum(StrEnum):
    """What ``wx.chooseLocation`` answers is GCJ-02, what a browser measures is WGS-84."""

    GCJ02 = "gcj02"
    WGS84 = "wgs84"


def as_kept(latitude: float, longitude: float, datum: Datum) -> Point:
    """The place in GCJ-02, to a tenth of a metre."""
    in_china = _SOUTH < latitude < _NORTH and _WEST < longitude < _EAST
    if datum is Datum.GCJ02 or not in_china:
        return Point(latitude, longitude)
    north_m, east_m = _shift(longitude - 105.0, latitude - 35.0)
    flattening = 1 - _ECCENTRICITY_2 * sin(radians(latitude)) ** 2
    meridian_m = _AXIS_M * (1 - _ECCENTRICITY_2) / (flattening * sqrt(flattening))
    parallel_m = _AXIS_M / sqrt(flattening) * cos(radians(latitude))
    return Point(
        round(latitude + north_m / radians(meridian_m), _DIGITS),
        round(longitude + east_m / radians(parallel_m), _DIGITS),
    )


def _shift(x: float, y: float) -> tuple[float, float]:
    """By how many metres to the north and to the east, ``x`` and ``y`` in degrees from the middle of China."""
    ripple = 20 * sin(6 * x * pi) + 20 * sin(2 * x * pi)
    waves_y = 20 * sin(y * pi) + 40 * sin(y / 3 * pi) + 160 * sin(y / 12 * pi) + 320 * sin(y / 30 * pi)
    waves_x = 20 * sin(x * pi) + 40 * sin(x / 3 * pi) + 150 * sin(x / 12 * pi) + 300 * sin(x / 30 * pi)
    root = sqrt(abs(x))
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + (ripple + waves_y) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + (ripple + waves_x) * 2 / 3
    return north, east

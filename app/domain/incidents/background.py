"""What is usual for a key at this hour: the same hours of the last fourteen days, and how much they vary."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain.incidents.tail import tail
from app.domain.zone import ZONE

DAYS = 14
# The hour itself, and its neighbours on both sides, so that one quiet hour does not pass for the rule.
NEIGHBOURS = (-1, 0, 1)
# A weekend says less about a workday.
_UNLIKE_DAY = 0.6
# What a key is believed to be before it has shown anything: so many customers an hour, as if seen for so many hours.
_PRIOR_RATE, _PRIOR_HOURS = 0.1, 4.0
# Likewise how much its hours vary beyond chance, as if seen on so many customers.
_PRIOR_DISPERSION, _PRIOR_CUSTOMERS = 0.3, 20.0
# The highest hours are left out at first; of them, those count after all that are no bursts of their own by the others.
_SUSPECT, _BURST_OF_ITS_OWN = 3, 1e-4


@dataclass(frozen=True)
class Bin:
    """An hour of the past: so many days ago, and how many hours from the same hour of day."""

    days: int
    shift: int


@dataclass(frozen=True)
class Background:
    """``mean`` customers an hour are usual; ``dispersion`` is of the count that comes next, what we do not know
    of the mean included."""

    mean: float
    dispersion: float


BINS = tuple(Bin(days, shift) for days in range(1, DAYS + 1) for shift in NEIGHBOURS)
# How many customers came in an hour, and what that hour has to say about now.
_Hour = tuple[int, float]


def background(counts: Mapping[Bin, int], now: datetime) -> Background:
    """``counts`` has the hours in which anybody came; each of the others is an hour without."""
    hours = sorted(((counts.get(each, 0), _weight(each, now)) for each in BINS), reverse=True)
    suspects, others = hours[:_SUSPECT], hours[_SUSPECT:]
    usual = _fit(others)
    return _fit([*(hour for hour in suspects if not _is_burst(hour, usual)), *others])


def _is_burst(hour: _Hour, usual: Background) -> bool:
    return tail(hour[0], usual.mean, usual.dispersion) < _BURST_OF_ITS_OWN


def _weight(each: Bin, now: datetime) -> float:
    return 1.0 if _works(now - timedelta(days=each.days)) == _works(now) else _UNLIKE_DAY


def _works(at: datetime) -> bool:
    return at.astimezone(ZONE).weekday() < 5


def _fit(hours: Sequence[_Hour]) -> Background:
    length = sum(weight for _, weight in hours)
    customers = sum(count * weight for count, weight in hours)
    mean = (customers + _PRIOR_RATE * _PRIOR_HOURS) / (length + _PRIOR_HOURS)
    varied = _dispersion(hours, customers / length)
    dispersion = (customers * varied + _PRIOR_CUSTOMERS * _PRIOR_DISPERSION) / (customers + _PRIOR_CUSTOMERS)
    # The rate itself is known only as well as so many customers tell it.
    unsure = 1 / (customers + _PRIOR_RATE * _PRIOR_HOURS)
    return Background(mean, dispersion + unsure)


def _dispersion(hours: Sequence[_Hour], mean: float) -> float:
    """By moments: what the variance has above that of chance alone; zero where it has less."""
    if mean == 0:
        return 0.0
    length = sum(weight for _, weight in hours)
    spread = sum(weight * (count - mean) ** 2 for count, weight in hours) / length
    return max(0.0, (spread - mean) / mean**2)

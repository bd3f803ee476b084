"""What is usual for a key: customers an hour for each hour of the day, learned from a fortnight, and how they vary.

The mean of an hour of the day is that of the hour and its neighbours on fourteen days, drawn to the key's mean over
the whole day, the more so the less the hours of the day differ (a gamma prior as strong as two hours and more:
empirical Bayes), so that one quiet hour does not pass for the rule and night does not pass for day. The dispersion d of
a negative binomial, whose variance is m + d m², is estimated by moments over all 336 hours about the mean of each one's
hour of the day, and drawn to a prior where few customers tell it; it holds for the whole day, since a single hour of
the day has too few customers to tell it. What is not known of a mean is added to it: half a standard error.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import sqrt

from app.domain.incidents.tail import tail
from app.domain.zone import ZONE

DAYS = 14
_DAY = 24
# Hours are counted back from now: hour k is that which ended k hours ago. The last twelve may hold the beginning of
# what is looked at, and are left out.
FIRST, LAST = 12, 12 + _DAY * DAYS - 1
# A weekend says less about a workday.
_UNLIKE_DAY = 0.6
# What a key is believed to be before it has shown anything: so many customers an hour, as if seen for so many hours.
_PRIOR_RATE, _PRIOR_HOURS = 0.1, 4.0
# As many hours as the mean of the whole day weighs against an hour of the day, at least and at most.
_DAY_HOURS = (2.0, 200.0)
# Likewise how much hours vary beyond chance, as if seen on so many customers.
_PRIOR_DISPERSION, _PRIOR_CUSTOMERS = 0.3, 60.0
_ERRORS = 0.5
# The highest hours are left out at first; of them, those count after all that are no bursts of their own by the others.
_SUSPECTS, _BURST_OF_ITS_OWN = 3, 1e-5


@dataclass(frozen=True)
class Background:
    """Customers an hour, for each of the 24 hours that begin with the one that ends now: ``means``, and what they are
    at most (``bounds``, half a standard error more)."""

    means: tuple[float, ...]
    bounds: tuple[float, ...]
    dispersion: float


# Place in the day, 0 the hour that ends now; customers; and what it has to say about today.
_Hour = tuple[int, int, float]


def background(past: Mapping[int, int], now: datetime) -> Background:
    """``past``: customers of the hour that ended so many hours ago, FIRST to LAST; an hour that is missing had none."""
    local = now.astimezone(ZONE)
    # The clocks of China are never put forward or back.
    hour_of_week = local.weekday() * _DAY + local.hour
    today = _works(hour_of_week)
    hours: list[_Hour] = [
        (-ago % _DAY, past.get(ago, 0), 1.0 if _works(hour_of_week - ago) == today else _UNLIKE_DAY)
        for ago in range(FIRST, LAST + 1)
    ]
    hours.sort(key=lambda hour: -hour[1])
    suspects, others = hours[:_SUSPECTS], hours[_SUSPECTS:]
    usual = _fit(others)
    return _fit([*(hour for hour in suspects if not _is_burst(hour, usual)), *others])


def _works(hour_of_week: int) -> bool:
    return hour_of_week // _DAY % 7 < 5


def _is_burst(hour: _Hour, usual: Background) -> bool:
    place, customers, _ = hour
    return tail(customers, usual.means[place], usual.dispersion) < _BURST_OF_ITS_OWN


def _fit(hours: Sequence[_Hour]) -> Background:
    length, customers = [0.0] * _DAY, [0.0] * _DAY
    for place, came, weight in hours:
        length[place] += weight
        customers[place] += weight * came
    overall = (sum(customers) + _PRIOR_RATE * _PRIOR_HOURS) / (sum(length) + _PRIOR_HOURS)
    known = [_with_neighbours(length, place) for place in range(_DAY)]
    around = [_with_neighbours(customers, place) for place in range(_DAY)]
    alone = tuple(n / seen if seen else overall for n, seen in zip(around, known, strict=True))
    drawn = _day_hours(alone, overall, _dispersion(hours, alone, sum(customers)), sum(known) / _DAY)
    weights = [each + drawn for each in known]
    means = tuple((n + drawn * overall) / each for n, each in zip(around, weights, strict=True))
    dispersion = _dispersion(hours, means, sum(customers))
    errors = (
        _ERRORS * sqrt((mean + dispersion * mean**2) / n) for mean, n in zip(means, weights, strict=True)
    )
    return Background(means, tuple(m + e for m, e in zip(means, errors, strict=True)), dispersion)


def _day_hours(alone: Sequence[float], overall: float, dispersion: float, length: float) -> float:
    """The less the hours of the day differ beyond chance, the more the whole day says about each of them. Half of what
    would be nearest on average: to take a busy hour for a quieter one costs more than the other way round."""
    chance = overall + dispersion * overall**2
    differ = sum((mean - overall) ** 2 for mean in alone) / _DAY - chance / length
    least, most = _DAY_HOURS
    return most if differ <= 0 else min(most, max(least, chance / differ / 2))


def _with_neighbours(values: Sequence[float], place: int) -> float:
    return values[place - 1] + values[place] + values[(place + 1) % _DAY]


def _dispersion(hours: Sequence[_Hour], means: Sequence[float], customers: float) -> float:
    """By moments: what the variance has above that of chance alone; nothing where it has less."""
    above = sum(weight * ((came - means[place]) ** 2 - means[place]) for place, came, weight in hours)
    squares = sum(weight * means[place] ** 2 for place, _, weight in hours)
    told = max(0.0, above / squares) if squares else 0.0
    return (customers * told + _PRIOR_CUSTOMERS * _PRIOR_DISPERSION) / (customers + _PRIOR_CUSTOMERS)

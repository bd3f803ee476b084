"""Whether what came within an hour is more than chance: one rule for all keys, whatever their background (ADR 49).

A count is judged by how often a day as many would come by chance. Looks every few minutes share most of their hour, so
a tail says little about that; what counts is how often the number within the last hour climbs to ``n``. For counts that
are Poisson or negative binomial it does so n P(n) times an hour, of which a share of about (n - m) / n begins anew
rather than going on (Aldous, Probability Approximations via the Poisson Clumping Heuristic, 1989; for scan statistics
Naus 1982):

    climbs(n) = (n - m) P(N = n)        an hour, for a mean of m customers an hour and n > m

Two allowances of such climbs a day are spent:

- one on bursts of any size, alike in each hour of the day;
- one on bursts that bring eight customers, where it buys most of them (Neyman and Pearson): in each of the 24 hours of
  the day the bound is lowered from n + 1 to n as long as P(N = n - 8), the bursts that are noticed by it, is large
  beside the climbs that it costs. A quiet night costs nothing, so that noon may have all of it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain.incidents.background import Background, background
from app.domain.incidents.tail import tail, terms

WINDOW = timedelta(hours=1)
LOOK_EVERY = timedelta(minutes=3)
# Fewer customers than this are no burst, however quiet it was before.
LEAST = 4
# A burst of so many must not be missed.
SIZE = 8
# How many false proposals a day are put up with: for one key, and for the whole house.
PER_KEY, PER_HOUSE = 0.004, 0.4
# The part of it for bursts of any size.
_ANY_SIZE = 0.1
_HOURS = 24
# So often a day by chance, a count is not worth the second look.
_COMMON = 1.0


@dataclass(frozen=True)
class Burst:
    """``observed`` customers where ``expected`` were usual, and how probable that is; by chance alone as many come
    once in so many ``days``."""

    observed: int
    expected: float
    dispersion: float
    chance: float
    days: float


def allowance(keys: int) -> float:
    """False proposals a day for one key, where so many keys are looked at."""
    return min(PER_KEY, PER_HOUSE / max(1, keys))


def judge(observed: int, past: Mapping[int, int], now: datetime, *, keys: int) -> Burst | None:
    """``observed``: customers of the key within the last hour; ``past``: of the hours before, as ``background`` takes
    them."""
    return None if observed < LEAST else weigh(observed, background(past, now), keys=keys)


def weigh(observed: int, usual: Background, *, keys: int) -> Burst | None:
    """The same where it is known what is usual."""
    mean, dispersion = usual.bounds[0], usual.dispersion
    if observed <= mean:
        return None
    a_day = _HOURS * _climbs(mean, dispersion, observed)
    allowed = allowance(keys)
    if a_day > _COMMON:
        return None
    if a_day > _ANY_SIZE * allowed and observed < lowest(usual, (1 - _ANY_SIZE) * allowed):
        return None
    return Burst(observed, usual.means[0], dispersion, tail(observed, mean, dispersion), 1 / max(a_day, 1e-9))


def lowest(usual: Background, allowed: float) -> int:
    """From how many customers on the hour that ends now is a burst of ``SIZE``, for so many false ones a day."""
    found = [_ENDLESS] * _HOURS
    steps = sorted(step for place in range(_HOURS) for step in _steps(usual, place))
    spent = 0.0
    for step in steps:
        spent += step.cost
        if spent > allowed:
            break
        found[step.place] = step.count
    return found[0]


_ENDLESS = 1_000
# Beyond this nothing is left of the terms.
_NOTHING = 1e-12


@dataclass(frozen=True, order=True)
class _Step:
    """To take ``count`` for a burst too, in one hour of the day: its price for each burst that is noticed by it."""

    price: float
    cost: float
    count: int
    place: int


def _steps(usual: Background, place: int) -> Iterator[_Step]:
    """From above down, the cheapest first."""
    mean, dispersion = usual.bounds[place], usual.dispersion
    likely = terms(mean, dispersion, _NOTHING)
    climbs = [max(0.0, count - mean) * each for count, each in enumerate(likely)] + [0.0]
    price = 0.0
    for count in range(len(likely) - 1, max(SIZE, int(mean) + 1) - 1, -1):
        cost = climbs[count] - climbs[count + 1]
        if cost < 0 or not likely[count - SIZE]:
            return
        # Whoever takes a count takes all above it.
        price = max(price, cost / likely[count - SIZE])
        yield _Step(price, cost, count, place)


def _climbs(mean: float, dispersion: float, count: int) -> float:
    likely = terms(mean, dispersion, _NOTHING)
    return (count - mean) * likely[count] if count < len(likely) else 0.0

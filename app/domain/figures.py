"""Figures from few cases: an interval that admits how little is known, and a pull towards the team.

The arithmetic, for n cases of one's own with the plain value x, and m the plain value of all cases of the team:

    shrunk  = (n x + 10 m) / (n + 10)
              The posterior mean under a prior as strong as ten cases (``PRIOR_CASES``), whose mean is estimated from
              the team itself: empirical Bayes. With n = 0 it is m; with n = 10 it lies half way; 3 of 4 on time in a
              team with 90 of 100 gives (3 + 9) / 14 = 0.857.
    share   Wilson's interval, z = 1.96:  (x + z²/2n ± z √(x(1-x)/n + z²/4n²)) / (1 + z²/n)
    mean    Student's interval:  x ± t(n-1) s / √n, cut to the bounds of the scale, s the standard deviation of one's
            own cases, or the team's when one's own are all equal.

Below ten cases a figure is provisional: nothing is decided by it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import fmean, stdev

MIN_CASES = 10
# As many cases as the team's figure weighs against the engineer's own.
PRIOR_CASES = 10
_Z = 1.959964
_T_975 = (
    *(12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228),
    *(2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086),
    *(2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042),
)


@dataclass(frozen=True)
class Figure:
    """A value from n cases, the same pulled towards the team, and its 95 % interval.

    Without cases ``value`` and the interval are None and ``shrunk`` is the team's figure.
    """

    value: float | None
    n: int
    shrunk: float | None
    low: float | None
    high: float | None

    @property
    def provisional(self) -> bool:
        """Too few cases to decide anything by."""
        return self.n < MIN_CASES


def share(hits: Sequence[bool], team: Sequence[bool]) -> Figure:
    """``hits`` of one engineer among the ``team``'s, with the Wilson interval."""
    prior = fmean(team) if team else None
    if not hits:
        return Figure(None, 0, prior, None, None)
    value = fmean(hits)
    return Figure(value, len(hits), _shrink(value, len(hits), prior), *wilson(sum(hits), len(hits)))


def mean(values: Sequence[float], team: Sequence[float], low: float, high: float) -> Figure:
    """The mean of values that lie between ``low`` and ``high``, with the t interval cut to these bounds."""
    prior = fmean(team) if team else None
    if not values:
        return Figure(None, 0, prior, None, None)
    value = fmean(values)
    half = _half_width(values, team)
    bounds = (low, high) if half is None else (max(low, value - half), min(high, value + half))
    return Figure(value, len(values), _shrink(value, len(values), prior), *bounds)


def wilson(hits: int, n: int) -> tuple[float, float]:
    """The 95 % interval of a share; it stays within 0 and 1 and does not collapse at none or all."""
    p, z2 = hits / n, _Z * _Z
    centre = p + z2 / (2 * n)
    half = _Z * sqrt(p * (1 - p) / n + z2 / (4 * n * n))
    scale = 1 + z2 / n
    return max(0.0, (centre - half) / scale), min(1.0, (centre + half) / scale)


def t_975(degrees: int) -> float:
    if degrees <= len(_T_975):
        return _T_975[degrees - 1]
    # Cornish-Fisher: beyond 30 degrees off by less than 0.001.
    return _Z + (_Z**3 + _Z) / (4 * degrees)


def _half_width(values: Sequence[float], team: Sequence[float]) -> float | None:
    """None when nothing is known about the spread."""
    spread = stdev(values) if len(values) > 1 else 0.0
    # A few equal values say nothing about the spread: five times five stars is not certainty.
    if not spread and len(team) > 1:
        spread = stdev(team)
    if len(values) < 2 or not spread:
        return None
    return t_975(len(values) - 1) * spread / sqrt(len(values))


def _shrink(value: float, n: int, prior: float | None) -> float:
    return value if prior is None else (n * value + PRIOR_CASES * prior) / (n + PRIOR_CASES)

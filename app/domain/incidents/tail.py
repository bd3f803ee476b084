"""How improbable a count is: terms and upper tail of the negative binomial."""

import math
from math import exp, log1p

# A term this small beside the sum changes none of its digits.
_NOTHING = 1e-13


def terms(mean: float, dispersion: float, least: float) -> list[float]:
    """P(N = 0), P(N = 1), … until the terms beyond the mean are smaller than ``least``.

    The variance is ``mean + dispersion * mean²``; with a dispersion of zero they are Poisson's.
    """
    term = exp(-mean if dispersion <= 0 else -log1p(dispersion * mean) / dispersion)
    found: list[float] = []
    while len(found) <= mean or term >= least:
        found.append(term)
        n = len(found) - 1
        term *= mean * (1 + dispersion * n) / ((n + 1) * (1 + dispersion * mean))
    return found


def tail(count: int, mean: float, dispersion: float) -> float:
    """P(N >= count) where the variance is ``mean + dispersion * mean²``; with a dispersion of zero it is Poisson's."""
    if count <= 0:
        return 1.0
    if mean <= 0:
        return 0.0
    if count <= mean:
        # The other side has fewer and larger terms.
        return max(0.0, 1.0 - sum(_term(n, mean, dispersion) for n in range(count)))
    term, total, n = _term(count, mean, dispersion), 0.0, count
    while term > total * _NOTHING:
        total += term
        # Beyond the mean each term is smaller than the one before it.
        term *= mean * (1 + dispersion * n) / ((n + 1) * (1 + dispersion * mean))
        n += 1
    return min(1.0, total)


def _term(count: int, mean: float, dispersion: float) -> float:
    """P(N = count)."""
    if dispersion <= 0:
        return math.exp(count * math.log(mean) - mean - math.lgamma(count + 1))
    size = 1 / dispersion
    ways = math.lgamma(count + size) - math.lgamma(size) - math.lgamma(count + 1)
    return math.exp(ways - size * math.log1p(dispersion * mean) - count * math.log1p(size / mean))

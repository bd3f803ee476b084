"""Whether what came within an hour is more than chance: one rule for all keys, whatever their background (ADR 37)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain.incidents.background import Background, Bin, background
from app.domain.incidents.tail import tail

WINDOW = timedelta(hours=1)
LOOK_EVERY = timedelta(minutes=3)
# Fewer customers than this are no burst, however quiet it was before.
LEAST = 4
# How many false proposals a day are put up with: for one key, and for the whole house.
PER_KEY, PER_HOUSE = 0.001, 0.5
# Windows that overlap are not looks of their own: so many a day amount to what all of them see.
_LOOKS = 100


@dataclass(frozen=True)
class Burst:
    """``observed`` customers where ``expected`` were usual, and how probable that is."""

    observed: int
    expected: float
    dispersion: float
    chance: float


def threshold(keys: int) -> float:
    """The chance below which a count is no chance, where so many keys are looked at."""
    return min(PER_KEY, PER_HOUSE / max(1, keys)) / _LOOKS


def judge(observed: int, past: Mapping[Bin, int], now: datetime, *, keys: int) -> Burst | None:
    """``observed``: customers of the key within the last hour; ``past``: of the same hours before."""
    if observed < LEAST:
        return None
    usual: Background = background(past, now)
    chance = tail(observed, usual.mean, usual.dispersion)
    if chance > threshold(keys):
        return None
    return Burst(observed, usual.mean, usual.dispersion, chance)

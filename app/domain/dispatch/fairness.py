"""A floor under what comes to an engineer: whoever has had far less than the others lately is favoured by some minutes.

What he is owed grows with how far he is below the floor and ends at ``Weights.fairness_cap``; above the floor nothing
is levelled out. It is given only where nobody comes late by it (``app.domain.dispatch.place.fairness``).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from app.domain.dispatch.cost import WEIGHTS, Weights

DAYS = 7
# Of what is usual among those who could do the job.
FLOOR = 0.6
# Fewer have no usual.
_TEAM = 3


@dataclass(frozen=True)
class Lately:
    """What came to an engineer in the last days: minutes that are paid, and days on which he worked."""

    minutes: float
    days: int

    @property
    def a_day(self) -> float:
        return self.minutes / self.days


def owed(team: Mapping[str, Lately], weights: Weights = WEIGHTS) -> dict[str, float]:
    """Minutes for each of those who are below the floor; whoever has not worked at all is owed nothing."""
    worked = {who: lately.a_day for who, lately in team.items() if lately.days > 0}
    floor = FLOOR * _usual(list(worked.values()))
    return {
        who: weights.fairness_cap * (floor - minutes) / floor
        for who, minutes in worked.items()
        if minutes < floor
    }


def _usual(minutes: Sequence[float]) -> float:
    return median(minutes) if len(minutes) >= _TEAM else 0.0

"""How many points for what, how long they count, and from how many on somebody is of which level: data, in versions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any


class Reason(StrEnum):
    """Why a row is in the ledger. What takes it back has the same reason, and names it."""

    # A job that somebody came for, and the customer himself said that it is done.
    CONFIRMED = "confirmed"
    # Whatever the stars are: no praise is bought.
    RATED = "rated"
    APPLIANCE = "appliance"
    CORRECTION = "correction"


EARNED = (Reason.CONFIRMED, Reason.RATED, Reason.APPLIANCE)
# A bound "a year" is one of so many days.
YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Level:
    """``code`` is what rules of routing ask for; ``note`` is what customers are told of it."""

    code: str
    name: str
    from_points: int
    note: str = ""


@dataclass(frozen=True)
class Award:
    """``most_a_year`` None: each time counts."""

    points: int
    most_a_year: int | None = None


@dataclass(frozen=True)
class Rules:
    """``levels`` ascend, the first from 0 on. Points count for ``window`` from the moment when they were earned."""

    version: int
    window: timedelta
    awards: Mapping[Reason, Award]
    levels: tuple[Level, ...]

    def points_for(self, reason: Reason) -> int:
        return self.awards[reason].points


def read(version: int, document: Mapping[str, Any]) -> Rules:
    return Rules(
        version,
        timedelta(days=document["window_days"]),
        {reason: Award(**document["awards"][reason.value]) for reason in EARNED},
        tuple(Level(**each) for each in document["levels"]),
    )

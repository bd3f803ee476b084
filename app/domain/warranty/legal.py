"""三包: when a customer may have his appliance exchanged or returned; only the end of the job stops the clocks.

Each moment between the report and the repair counts to one of two clocks: to the one of parts while parts are waited
for, to our own at any other time, also while the customer is asked for something or has asked to wait.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from app.domain.lifecycle import Clock, ClockMode, State, clock_modes

WARNINGS = (50, 80, 100)


class Right(StrEnum):
    OWN_DELAY = "own_delay"
    PARTS_DELAY = "parts_delay"
    REPEATED_FAILURE = "repeated_failure"


LIMITS: Mapping[Right, timedelta] = MappingProxyType(
    {Right.OWN_DELAY: timedelta(days=30), Right.PARTS_DELAY: timedelta(days=90)}
)
REPAIRS = 2
# Reasons for which work that had begun was a repair that failed; the others are the customer's or the place's.
UNREPAIRED = ("beyond_repair", "parts_discontinued", "other")
REASONS: Mapping[Right, str] = MappingProxyType(
    {
        Right.OWN_DELAY: "维修超过30天未完成",
        Right.PARTS_DELAY: "缺配件超过90天",
        Right.REPEATED_FAILURE: "同一性能故障修理两次仍未修好",
    }
)


@dataclass(frozen=True)
class Entered:
    state: State
    at: datetime


@dataclass(frozen=True)
class Standing:
    """How far each clock has come. ``failed`` are repairs after which the fault is there all the same: finished ones,
    and those that were begun and given up."""

    own: timedelta
    parts: timedelta
    failed: int

    def percent(self, right: Right) -> int:
        if right is Right.REPEATED_FAILURE:
            return 100 * self.failed // REPAIRS
        return int(100 * self._elapsed(right) / LIMITS[right])

    def _elapsed(self, right: Right) -> timedelta:
        return self.own if right is Right.OWN_DELAY else self.parts

    def next_look(self, now: datetime, told: Mapping[Right, int]) -> datetime:
        """No clock runs faster than time: until then nothing can have come of age. What has passed and could not be
        told, since the job is not in warranty, may have to be told any day."""
        if warnings_due(self, told):
            return now + timedelta(days=1)
        waits = [
            limit * level / 100 - self._elapsed(right)
            for right, limit in LIMITS.items()
            for level in WARNINGS
            if limit * level / 100 > self._elapsed(right)
        ]
        return now + min(waits, default=timedelta(days=1))


def standing(history: Sequence[Entered], failed: int, now: datetime) -> Standing:
    """``history`` are the states in their order; the last one lasts until ``now``."""
    own = parts = timedelta()
    ends = [entered.at for entered in history[1:]] + [now]
    for entered, end in zip(history, ends, strict=True):
        if entered.state is State.WAITING_PARTS:
            parts += end - entered.at
        elif clock_modes(entered.state)[Clock.LEGAL] is ClockMode.RUN:
            own += end - entered.at
    return Standing(own, parts, failed)


def warnings_due(standing: Standing, told: Mapping[Right, int]) -> dict[Right, int]:
    """The highest level that each clock has passed since the last one that was told."""
    due = {}
    for right in Right:
        passed = [level for level in WARNINGS if told.get(right, 0) < level <= standing.percent(right)]
        if passed:
            due[right] = passed[-1]
    return due

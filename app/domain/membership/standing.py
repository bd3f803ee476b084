"""The level that somebody has at one moment, read from his ledger: never stored, so it cannot differ from it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from app.domain.membership.rules import Level, Rules

# Of what is about to lapse people are told so far ahead.
AHEAD = timedelta(days=30)


@dataclass(frozen=True)
class Earned:
    """A row of the ledger as far as it counts. What takes a row back counts since the same moment as that row, so
    that both lapse together."""

    change: int
    since: datetime


@dataclass(frozen=True)
class Standing:
    """``missing`` is what there is to go to ``following``; both None at the top. ``holds_until``: when the level is
    lost if nothing is added; None for the lowest. ``lapsing``: points that stop counting within ``AHEAD``."""

    points: int
    level: Level
    following: Level | None
    missing: int | None
    holds_until: datetime | None
    lapsing: int


def standing(entries: Sequence[Earned], rules: Rules, now: datetime) -> Standing:
    counted = sorted((each for each in entries if each.since > now - rules.window), key=_since)
    points = _sum(counted)
    level = [each for each in rules.levels if each.from_points <= points][-1]
    following = next((each for each in rules.levels if each.from_points > points), None)
    return Standing(
        points=points,
        level=level,
        following=following,
        missing=following.from_points - points if following else None,
        holds_until=_holds_until(counted, level, rules),
        lapsing=max(0, points - _sum([e for e in counted if e.since > now + AHEAD - rules.window])),
    )


def _sum(entries: Sequence[Earned]) -> int:
    """Nobody owes us points."""
    return max(0, sum(each.change for each in entries))


def _holds_until(counted: Sequence[Earned], level: Level, rules: Rules) -> datetime | None:
    left = sum(each.change for each in counted)
    for since, together in groupby(counted, key=_since):
        left -= sum(each.change for each in together)
        if left < level.from_points:
            return since + rules.window
    return None


def _since(entry: Earned) -> datetime:
    return entry.since

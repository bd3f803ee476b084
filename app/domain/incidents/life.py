"""The states of an incident as a table, and who may cause which step."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Stage(StrEnum):
    PROPOSED = "proposed"
    OPEN = "open"
    FIXING = "fixing"
    WATCHING = "watching"
    RESOLVED = "resolved"
    REVIEWED = "reviewed"
    DISMISSED = "dismissed"


class Move(StrEnum):
    ACCEPT = "accept"
    DISMISS = "dismiss"
    FIX = "fix"
    WATCH = "watch"
    RESOLVE = "resolve"
    REVIEW = "review"


STAGE_LABELS: Mapping[Stage, str] = MappingProxyType(
    {
        Stage.PROPOSED: "待确认",
        Stage.OPEN: "已成立专案组",
        Stage.FIXING: "抢修中",
        Stage.WATCHING: "观察中",
        Stage.RESOLVED: "已解决，待复盘",
        Stage.REVIEWED: "已复盘",
        Stage.DISMISSED: "已排除",
    }
)
MOVES: Mapping[tuple[Stage, Move], Stage] = MappingProxyType(
    {
        (Stage.PROPOSED, Move.ACCEPT): Stage.OPEN,
        (Stage.PROPOSED, Move.DISMISS): Stage.DISMISSED,
        (Stage.OPEN, Move.FIX): Stage.FIXING,
        (Stage.OPEN, Move.WATCH): Stage.WATCHING,
        (Stage.FIXING, Move.WATCH): Stage.WATCHING,
        # It was not over yet.
        (Stage.WATCHING, Move.FIX): Stage.FIXING,
        (Stage.OPEN, Move.RESOLVE): Stage.RESOLVED,
        (Stage.FIXING, Move.RESOLVE): Stage.RESOLVED,
        (Stage.WATCHING, Move.RESOLVE): Stage.RESOLVED,
        (Stage.RESOLVED, Move.REVIEW): Stage.REVIEWED,
    }
)
# A task force is at work; customers are kept informed.
AT_WORK = frozenset({Stage.OPEN, Stage.FIXING, Stage.WATCHING})
# What comes on the key belongs to it.
LIVE = AT_WORK | {Stage.PROPOSED}
OVER = frozenset({Stage.REVIEWED, Stage.DISMISSED})


def moved(stage: Stage, move: Move) -> Stage | None:
    """None where the table has no such step."""
    return MOVES.get((stage, move))

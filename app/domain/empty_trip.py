"""The fee for a way in vain (上门空跑费): told before the booking, and owed only where it was the customer's
doing and that is shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.domain.situation import CallOut, Window

# Calls that nobody could answer but the customer: a wrong number is no proof, and who answered has been spoken to.
NOBODY = frozenset({"no_answer", "busy", "switched_off", "rejected"})
CALLS = 2
# For these reasons it is the customer who needs nobody any more; the others are ours, or nobody's.
HIS_WISH = frozenset({"changed_mind", "solved_itself", "price"})


@dataclass(frozen=True)
class Called:
    at: datetime
    result: str


@dataclass(frozen=True)
class Due:
    """``fee_fen`` is 0 with the reason why, in words for staff."""

    fee_fen: int
    why: str


def empty_trip_due(
    told: CallOut | None, window: Window | None, calls: Sequence[Called], *, photos: int
) -> Due:
    """What a closed door costs: photo and calls were made in the promised time, and nobody could be reached."""
    if told is None or not told.empty_trip_fen:
        return Due(0, "预约前没有告知空跑费")
    if not photos:
        return Due(0, "没有到访照片")
    if window is None or any(not window.start <= call.at <= window.end for call in calls):
        return Due(0, "不在约定的时间内到访")
    if any(call.result == "answered" for call in calls):
        return Due(0, "已与客户通话")
    if sum(call.result in NOBODY for call in calls) < CALLS:
        return Due(0, f"没有 {CALLS} 次打给客户的未接通话")
    return Due(told.empty_trip_fen, "约定时间到访，照片和通话记录齐全")


def cancelled_on_the_way(told: CallOut | None, reason: str) -> Due:
    """What it costs to be told on the way that nobody is needed; ``reason`` is that of the cancellation."""
    if told is None or not told.empty_trip_fen:
        return Due(0, "预约前没有告知空跑费")
    if reason not in HIS_WISH:
        return Due(0, "不是客户不需要了")
    return Due(told.empty_trip_fen, "工程师已经出发")

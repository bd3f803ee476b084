"""What a pattern of working hours is, and what makes it impossible."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

DAY_MINUTES = 1440
HOLIDAY = 7
# So many visits a day unless somebody says otherwise: what is planned beyond them is planned to be late.
MAX_VISITS = 12
# Monday to Sunday, and what is worked on a public holiday.
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "holiday")
DAY_LABELS = dict(zip(DAYS, ("周一", "周二", "周三", "周四", "周五", "周六", "周日", "节假日"), strict=True))


class AbsenceKind(StrEnum):
    LEAVE = "leave"
    SICK = "sick"
    TRAINING = "training"


ABSENCE_LABELS = {
    AbsenceKind.LEAVE: "请假",
    AbsenceKind.SICK: "病假",
    AbsenceKind.TRAINING: "培训",
}


@dataclass(frozen=True, order=True)
class Hours:
    """Minutes after the midnight of the day to which a span belongs; it may end on the next one."""

    since: int
    until: int


def collision(week: Sequence[Sequence[Hours]]) -> str | None:
    """The name of the day whose spans run into each other or into the next morning; None where all is well.

    ``week`` has the spans of ``DAYS``. Holidays and make-up days let any day follow any other, so no night may end
    after the earliest beginning of all.
    """
    earliest = min((hours.since for day in week for hours in day), default=0) + DAY_MINUTES
    for name, day in zip(DAYS, week, strict=True):
        ordered = sorted(day)
        overlaps = any(a.until > b.since for a, b in pairwise(ordered))
        if overlaps or (ordered and ordered[-1].until > earliest):
            return name
    return None

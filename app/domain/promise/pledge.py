"""A promise as it is kept in history: of which step, why, and when somebody has to see whether it can be kept."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from app.domain.promise.steps import Step

# How long before it is due somebody looks: late enough that little is told in vain, early enough to be told.
_SHARE = 10
_LEAST, _MOST = timedelta(minutes=2), timedelta(minutes=15)
_VISIT = timedelta(hours=3)


class Pledge(NamedTuple):
    """``anew``: the customer himself asked for another time; what was promised before counts for nothing."""

    step: Step
    basis: str
    inputs: Mapping[str, str | int]
    look_at: datetime | None
    anew: bool = False


def look_at(step: Step, promised: datetime, now: datetime) -> datetime | None:
    """What waits for the customer is not watched: his deadlines have their own reminders.

    Of a visit the plan of the day tells long before who will be late.
    """
    if step is Step.CUSTOMER:
        return None
    if step is Step.VISIT:
        return max(promised - _VISIT, now + _LEAST)
    ahead = promised - now
    early = min(max(ahead / _SHARE, _LEAST), _MOST)
    return promised - early if ahead > early else promised

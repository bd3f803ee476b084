"""What an urging sets in motion: who hears of it, by when it is answered, how far it may push a job forward.

A loud customer never overtakes a danger: urging lifts ordinary work by one level, once, for its deadlines; where jobs
are put in order, what was lifted that way comes after all that was urgent by itself.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from app.domain.promise.grounds import Grounds
from app.domain.service_levels.policy import Metric
from app.domain.situation import Priority, Situation
from app.domain.wording import moment_words

# From the second on the job is lifted, and the desk hears of it beside the owner; from the third the managers do, and
# the job is marked as one that may become a complaint.
LIFTS, LOUD = 2, 3


class Told(StrEnum):
    ENGINEER = "engineer"
    DESK = "desk"
    MANAGERS = "managers"


_WORDS: Mapping[Told, str] = MappingProxyType(
    {
        Told.ENGINEER: "已提醒负责的工程师",
        Told.DESK: "已请网点客服跟进",
        Told.MANAGERS: "已报网点主管跟进",
    }
)


def lifted(s: Situation, n: int) -> Priority:
    return Priority.URGENT if s.priority is Priority.NORMAL and n >= LIFTS else s.priority


def told_of(s: Situation, n: int) -> tuple[Told, ...]:
    """The owner of the job always; where nobody owns it, the desk does."""
    owner = (Told.ENGINEER,) if s.engineer else ()
    desk = (Told.DESK,) if n >= LIFTS or not s.engineer else ()
    return owner + desk + ((Told.MANAGERS,) if n >= LOUD else ())


def answer_due(grounds: Grounds, now: datetime, *, loud: bool) -> datetime:
    """As fast as a new report of that level. ``loud``: urgent by urging alone, which opens no desk at night."""
    target = grounds.target(Metric.FIRST_RESPONSE)
    return grounds.after(now, timedelta(seconds=target.seconds), always=target.always and not loud)


def told_words(told: tuple[Told, ...], due: datetime, now: datetime) -> str:
    """Who has been told, the highest of them, and until when he is answered."""
    return f"{_WORDS[told[-1]]}，{moment_words(due, now)} 前答复您。"

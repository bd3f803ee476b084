"""When an act that reaches us late was done: a phone without network tells it afterwards (ADR 43)."""

from datetime import datetime, timedelta

from app.domain.lifecycle import Event

# What is told sooner was done now: nobody's network is faster.
AT_ONCE = timedelta(minutes=1)
# What is told later counts from when it was told. As long a visit on the way may be silent before it is given up.
LONGEST = timedelta(hours=4)

# What an engineer does at the job, whether or not his phone has a network. Everything else needs an answer.
_AT_THE_JOB = frozenset(
    {
        Event.DEPART,
        Event.ARRIVE,
        Event.NO_ACCESS,
        Event.START,
        Event.NEED_PARTS,
        Event.FINISH,
        Event.FAIL,
    }
)


def at_the_job(event: Event) -> bool:
    """Whether an engineer does it on the spot, with a network or without."""
    return event in _AT_THE_JOB


def may_be_late(event: Event, ago: timedelta) -> bool:
    return event in _AT_THE_JOB and AT_ONCE <= ago <= LONGEST


def done_at(now: datetime, ago: timedelta, newest: datetime) -> datetime:
    """Never before what is already on record (``newest``), so that times and clocks go one way."""
    return min(now, max(now - ago, newest))

"""What a customer is told beside the label of his ticket: until when the next thing happens, in every state.

A promise that has run out is not repeated with a later time as if nothing had been: it admits the delay, and
holds for one more step. The steps count from the broken promise, so reading it later does not move it.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import NamedTuple

from app.domain.promise.grounds import Grounds
from app.domain.promise.rules import ENDED, OPEN, Facts, Target, Window
from app.domain.situation import Priority
from app.domain.wording import ceil_minutes, moment_words
from app.domain.zone import ZONE

# An estimate that has to be given up is given up for something that is worth telling.
LEAST_MOVE = timedelta(minutes=15)
# A job that waits for days is told of less and less often: each time it is put off, it is for twice as long.
_MOST_DOUBLINGS = 4


class Promise(NamedTuple):
    """``basis`` names what the time rests on, ``inputs`` what it was reckoned from. Only of a ticket that has ended
    does ``at`` lie in the past."""

    at: datetime
    text: str
    basis: str
    late: bool = False
    inputs: Mapping[str, str | int] = MappingProxyType({})


def promise(
    state: str,
    service_type: str,
    urgency: str,
    *,
    now: datetime,
    created_at: datetime,
    since: datetime | None = None,
    window: Window | None = None,
    parts_eta: datetime | None = None,
    resume_at: datetime | None = None,
    eta: datetime | None = None,
    grounds: Grounds | None = None,
    stands: datetime | None = None,
) -> Promise:
    """``since`` is when the state was entered, ``eta`` when an engineer on the way expects to arrive.

    ``stands`` is what was promised for this very step before, on grounds that have not changed: it does not move while
    it can be kept.
    """
    entered = since or created_at
    grounds = grounds or Grounds(Priority(urgency))
    facts = Facts(service_type, urgency, now, entered, grounds, window, parts_eta, resume_at, eta)
    ended = ENDED.get(state)
    if ended:
        return Promise(entered, ended(facts), "ended")
    target = OPEN[state](facts)
    at = target.rounded
    if stands is not None and stands > now:
        text = target.missed if stands > at else target.text
        return Promise(stands, _said(text, stands, now), target.basis, stands > at, target.inputs)
    if at >= now:
        return Promise(at, _said(target.text, at, now), target.basis, inputs=target.inputs)
    return _extended(target, at, facts)


def moved(facts: Facts, state: str, promised: datetime, times: int) -> Promise:
    """What is promised instead of a time that will not be kept; ``times`` it was put off before."""
    target = OPEN[state](facts)
    spread = target.step * 2 ** min(times, _MOST_DOUBLINGS)
    at = facts.grounds.after(max(promised, facts.now), spread, always=not target.by_desk)
    if target.longest is not None and times == 0 and target.longest >= promised + LEAST_MOVE:
        at = target.longest
    # Where he is on the way to, or a delivery, may tell better.
    at = max(ceil_minutes(at.astimezone(ZONE), 5), target.rounded)
    return Promise(at, _said(target.missed, at, facts.now), target.basis, late=True, inputs=target.inputs)


def _said(text: str, at: datetime, now: datetime) -> str:
    return text.format(at=moment_words(at, now))


def _extended(target: Target, missed: datetime, facts: Facts) -> Promise:
    at = _next_desk_step(missed, target, facts) if target.by_desk else _next_step(missed, target, facts.now)
    return Promise(at, _said(target.missed, at, facts.now), target.basis, late=True, inputs=target.inputs)


def _next_step(missed: datetime, target: Target, now: datetime) -> datetime:
    return missed + -((missed - now) // target.step) * target.step


def _next_desk_step(missed: datetime, target: Target, facts: Facts) -> datetime:
    steps = facts.grounds.open_between(missed, facts.now) // target.step
    at = facts.grounds.after(missed, steps * target.step, always=False) if steps else missed
    while at < facts.now:
        at = facts.grounds.after(at, target.step, always=False)
    return at

"""What a customer is told beside the label of his ticket: until when the next thing happens, in every state.

A promise that has run out is not repeated with a later time as if nothing had been: it admits the delay, and
holds for one more step. The steps count from the broken promise, so reading it later does not move it.
"""

from dataclasses import dataclass
from datetime import datetime

from app.domain.promise_rules import DAY, ENDED, NORMAL, OPEN, Facts, Target, Window
from app.domain.service_hours import add_service_time
from app.domain.wording import ceil_minutes, moment_words
from app.domain.zone import ZONE


@dataclass(frozen=True)
class Promise:
    """``basis`` names what the time rests on. Only of a ticket that has ended does ``at`` lie in the past."""

    at: datetime
    text: str
    basis: str
    late: bool = False


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
    response_due: datetime | None = None,
) -> Promise:
    """``since`` is when the state was entered, ``eta`` when an engineer on the way expects to arrive.

    ``response_due`` is the deadline that a service level's calendar has set; it replaces the standing target.
    """
    entered = since or created_at
    facts = Facts(service_type, urgency, now, entered, window, parts_eta, resume_at, eta, response_due)
    ended = ENDED.get(state)
    if ended:
        return Promise(entered, ended(facts), "ended")
    target = OPEN[state](facts)
    at = target.at.astimezone(ZONE)
    if not target.agreed:
        at = ceil_minutes(at, 5)
    if at >= now:
        return Promise(at, target.text.format(at=moment_words(at, now)), target.basis)
    return _extended(target, at, facts)


def _extended(target: Target, missed: datetime, facts: Facts) -> Promise:
    by_desk = target.by_desk and facts.urgency == NORMAL
    at = _next_desk_step(missed, target, facts.now) if by_desk else _next_step(missed, target, facts.now)
    return Promise(at, target.missed.format(at=moment_words(at, facts.now)), target.basis, late=True)


def _next_step(missed: datetime, target: Target, now: datetime) -> datetime:
    return missed + -((missed - now) // target.step) * target.step


def _next_desk_step(missed: datetime, target: Target, now: datetime) -> datetime:
    # A whole day later is the same clock time and a whole number of steps: no need to walk through them.
    at = missed + max(0, (now - missed).days - 1) * DAY
    while at < now:
        at = add_service_time(at, target.step)
    return at

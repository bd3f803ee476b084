"""The time that a customer is told from now on, and why: with every change of his ticket, from what the house knows."""

from datetime import datetime

from app.domain.lifecycle import State
from app.domain.promise.made import promise
from app.domain.promise.pledge import Pledge, look_at
from app.domain.promise.rules import Facts
from app.domain.promise.steps import Step, step_of
from app.domain.situation import QuoteState, Situation
from app.services.promises.book import book

# While a quote is pending, the promise depends on whose turn it is.
_PROMISED_BY = {QuoteState.IN_REVIEW: "quote_in_review", QuoteState.RETURNED: "quote_returned"}


def promised(
    s: Situation,
    now: datetime,
    *,
    before: Situation | None = None,
    follow: bool = False,
    anew: bool = False,
) -> Situation:
    """The same situation with its promise. What was promised for the same step before stands while it can be kept.

    ``before`` is the situation in which that was promised, if not this one. ``follow``: what it rested on (a window, a
    delivery) has changed; ``anew``: because the customer asked for it.
    """
    step, earlier = step_in(s), before or s
    same = step is not None and step_in(earlier) is step
    told = promise(
        named(s),
        s.service_type,
        s.priority,
        now=now,
        window=s.window,
        parts_eta=s.parts_due,
        resume_at=s.resume_at,
        eta=_eta(s),
        created_at=s.created_at,
        since=s.turn_since,
        grounds=book().grounds(s),
        stands=s.promised_at if same and not follow else None,
    )
    pledge = None
    if step is not None:
        anew = anew or (before is not None and step_of(before.state) is None)
        pledge = Pledge(step, told.basis, told.inputs, look_at(step, told.at, now), anew)
    return s._replace(promised_at=told.at, promise=told.text, pledge=pledge)


def step_in(s: Situation) -> Step | None:
    return step_of(s.state, with_us=s.quote_with_us, attended=s.attended)


def named(s: Situation) -> str:
    """By which rule its promise is made."""
    if step_in(s) is Step.SOLVE:
        return "attended"
    return _PROMISED_BY.get(s.quote.state, s.state) if s.quote_with_us and s.quote else s.state


def facts_of(s: Situation, now: datetime) -> Facts:
    return Facts(
        s.service_type,
        s.priority,
        now,
        s.turn_since,
        book().grounds(s),
        s.window,
        s.parts_due,
        s.resume_at,
        _eta(s),
    )


def _eta(s: Situation) -> datetime | None:
    return s.visit.eta if s.visit and s.state is State.EN_ROUTE else None

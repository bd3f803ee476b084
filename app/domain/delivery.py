"""What becomes of a message after a try: arithmetic over the outcome, its history and the time."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from app.domain.zone import ZONE


class Outcome(StrEnum):
    """How a try ended, in the terms that decide what is done next."""

    ACCEPTED = "accepted"
    SOON = "soon"
    LATER_MINUTE = "later_minute"
    LATER_DAY = "later_day"
    UNKNOWN = "unknown"
    IN_REVIEW = "in_review"
    REFUSED = "refused"


class Verdict(StrEnum):
    ACCEPTED = "accepted"
    IN_REVIEW = "in_review"
    RETRY = "retry"
    DEAD = "dead"


@dataclass(frozen=True)
class History:
    """``attempts`` counts this one; ``uncertain_since`` is the start of the first try of unknown outcome."""

    created_at: datetime
    started_at: datetime
    attempts: int
    uncertain_since: datetime | None


@dataclass(frozen=True)
class Decision:
    verdict: Verdict
    retry_at: datetime | None = None
    uncertain_since: datetime | None = None
    reason: str | None = None


# Nobody wants to hear after a day that the engineer has set out.
GIVE_UP = timedelta(hours=24)
# The platform keeps client_msg_id apart for ten minutes; the margin is for a request under way.
RESEND_WINDOW = timedelta(minutes=9)
BACKOFF = tuple(timedelta(seconds=s) for s in (1, 5, 15, 60, 60, 300))


def decide(
    outcome: Outcome, history: History, now: datetime, *, retry_after: float | None = None
) -> Decision:
    """Accepted stays accepted; a refusal that will repeat itself is dead; anything else is tried again for a day.

    A try of unknown outcome may be repeated only while the platform would recognise it.
    """
    if outcome is Outcome.ACCEPTED:
        return Decision(Verdict.ACCEPTED)
    if outcome is Outcome.IN_REVIEW:
        return Decision(Verdict.IN_REVIEW)
    if outcome is Outcome.REFUSED:
        return Decision(Verdict.DEAD)
    uncertain = history.uncertain_since
    if outcome is Outcome.UNKNOWN:
        uncertain = uncertain or history.started_at
    retry_at = _retry_at(outcome, history.attempts, now, retry_after)
    if uncertain is not None and retry_at > uncertain + RESEND_WINDOW:
        return Decision(Verdict.DEAD, uncertain_since=uncertain, reason="outcome_unknown")
    if retry_at > history.created_at + GIVE_UP:
        return Decision(Verdict.DEAD, uncertain_since=uncertain, reason="gave_up_after_a_day")
    return Decision(Verdict.RETRY, retry_at, uncertain)


def may_send(history: History, now: datetime) -> bool:
    """Whether a try now could not be seen twice by the person."""
    return history.uncertain_since is None or now < history.uncertain_since + RESEND_WINDOW


def _retry_at(outcome: Outcome, attempts: int, now: datetime, retry_after: float | None) -> datetime:
    if retry_after is not None:
        return now + timedelta(seconds=retry_after)
    if outcome is Outcome.LATER_MINUTE:
        return now + timedelta(seconds=61 - now.second)
    if outcome is Outcome.LATER_DAY:
        tomorrow = now.astimezone(ZONE).date() + timedelta(days=1)
        return datetime.combine(tomorrow, time(0, 1), ZONE)
    return now + BACKOFF[min(attempts, len(BACKOFF)) - 1]

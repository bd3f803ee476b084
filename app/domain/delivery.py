"""What becomes of a message after a try: arithmetic over the outcome, its history and the time."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from app.domain.ladder import RESENDABLE, Channel, Ladder
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
    UNHEARD_OF = "unheard_of"


class Verdict(StrEnum):
    ACCEPTED = "accepted"
    IN_REVIEW = "in_review"
    RETRY = "retry"
    # To the next rung, at once.
    DESCEND = "descend"
    DEFER = "defer"
    INBOX = "inbox"
    PARKED = "parked"
    SUPERSEDED = "superseded"
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


# The platform keeps client_msg_id apart for ten minutes; the margin is for a request under way.
RESEND_WINDOW = timedelta(minutes=9)
BACKOFF = tuple(timedelta(seconds=s) for s in (1, 5, 15, 60, 60, 300))


def decide(
    outcome: Outcome,
    history: History,
    now: datetime,
    *,
    ladder: Ladder,
    channel: Channel,
    retry_after: float | None = None,
) -> Decision:
    """Accepted stays accepted; a refusal goes down the ladder; anything else is tried again for as long as it may.

    A try of unknown outcome may be repeated only while the platform would recognise it, and never on another rung:
    the person may have seen it.
    """
    uncertain = history.uncertain_since
    if outcome in _FINAL:
        return Decision(_FINAL[outcome])
    if outcome is Outcome.UNKNOWN:
        uncertain = uncertain or history.started_at
        if channel not in RESENDABLE:
            return Decision(Verdict.INBOX, uncertain_since=uncertain, reason="outcome_unknown")
    if outcome is Outcome.LATER_DAY and uncertain is None and not ladder.urgent:
        return Decision(Verdict.DEFER, tomorrow(now), reason="quota")
    if outcome in (Outcome.REFUSED, Outcome.LATER_DAY):
        if uncertain is not None:
            return Decision(Verdict.INBOX, uncertain_since=uncertain, reason="outcome_unknown")
        return Decision(Verdict.DESCEND, now)
    retry_at = _retry_at(outcome, history.attempts, now, retry_after)
    if uncertain is not None and retry_at > uncertain + RESEND_WINDOW:
        return Decision(Verdict.INBOX, uncertain_since=uncertain, reason="outcome_unknown")
    if retry_at > history.created_at + ladder.patience:
        return Decision(Verdict.INBOX, uncertain_since=uncertain, reason="gave_up")
    return Decision(Verdict.RETRY, retry_at, uncertain)


def may_send(history: History, channel: Channel, now: datetime) -> bool:
    """Whether a try now could not be seen twice by the person."""
    if history.uncertain_since is None:
        return True
    return channel in RESENDABLE and now < history.uncertain_since + RESEND_WINDOW


def tomorrow(now: datetime) -> datetime:
    """A minute past midnight in China, when the quotas of a day begin anew."""
    day = now.astimezone(ZONE).date() + timedelta(days=1)
    return datetime.combine(day, time(0, 1), ZONE)


_FINAL = {
    Outcome.ACCEPTED: Verdict.ACCEPTED,
    Outcome.IN_REVIEW: Verdict.IN_REVIEW,
    Outcome.UNHEARD_OF: Verdict.PARKED,
}


def _retry_at(outcome: Outcome, attempts: int, now: datetime, retry_after: float | None) -> datetime:
    if retry_after is not None:
        return now + timedelta(seconds=retry_after)
    if outcome is Outcome.LATER_MINUTE:
        return now + timedelta(seconds=61 - now.second)
    return now + BACKOFF[min(attempts, len(BACKOFF)) - 1]

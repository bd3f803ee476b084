"""What becomes of a message after a try, case by case."""

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.delivery import BACKOFF, Decision, History, Outcome, Verdict, may_send, tomorrow
from app.domain.delivery import decide as decide_for
from app.domain.ladder import LADDERS, Channel
from app.domain.notices import Kind

# Half a minute past two in the afternoon in Shanghai.
NOW = datetime(2026, 6, 15, 6, 0, 30, tzinfo=UTC)
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


URGENT, PATIENT = LADDERS[Kind.TICKET_PROGRESS], LADDERS[Kind.RATING_INVITATION]


def decide(outcome: Outcome, past: History, now: datetime, *, retry_after: float | None = None) -> Decision:
    """For a change of state on its first rung."""
    return decide_for(outcome, past, now, ladder=URGENT, channel=Channel.TEMPLATE, retry_after=retry_after)


def history(*, age: timedelta = MINUTE, attempts: int = 1, uncertain: timedelta | None = None) -> History:
    """A message made ``age`` ago; the first try of unknown outcome began ``uncertain`` ago."""
    return History(NOW - age, NOW - SECOND, attempts, None if uncertain is None else NOW - uncertain)


@pytest.mark.parametrize(
    ("outcome", "verdict"),
    [
        (Outcome.ACCEPTED, Verdict.ACCEPTED),
        (Outcome.IN_REVIEW, Verdict.IN_REVIEW),
        (Outcome.UNHEARD_OF, Verdict.PARKED),
    ],
)
def test_an_answer_that_is_final(outcome: Outcome, verdict: Verdict) -> None:
    for past in (history(), history(age=48 * HOUR), history(uncertain=HOUR)):
        assert decide(outcome, past, NOW) == Decision(verdict)


@pytest.mark.parametrize(
    ("attempts", "seconds"), [(1, 1), (2, 5), (3, 15), (4, 60), (5, 60), (6, 300), (7, 300), (40, 300)]
)
def test_patience_grows_with_the_tries(attempts: int, seconds: int) -> None:
    decision = decide(Outcome.SOON, history(attempts=attempts), NOW)
    assert decision == Decision(Verdict.RETRY, NOW + seconds * SECOND)


def test_a_limit_by_the_minute_waits_for_the_next_minute() -> None:
    decision = decide(Outcome.LATER_MINUTE, history(), NOW)
    assert decision.retry_at == NOW + 31 * SECOND


@pytest.mark.parametrize(
    ("now", "midnight"),
    [
        (datetime(2026, 6, 15, 6, 0, tzinfo=UTC), datetime(2026, 6, 15, 16, 1, tzinfo=UTC)),
        # One minute before and after midnight in Shanghai.
        (datetime(2026, 6, 15, 15, 59, tzinfo=UTC), datetime(2026, 6, 15, 16, 1, tzinfo=UTC)),
        (datetime(2026, 6, 15, 16, 1, tzinfo=UTC), datetime(2026, 6, 16, 16, 1, tzinfo=UTC)),
    ],
)
def test_a_daily_limit_waits_for_midnight_in_china(now: datetime, midnight: datetime) -> None:
    decision = decide_for(
        Outcome.LATER_DAY, History(now, now, 1, None), now, ladder=PATIENT, channel=Channel.TEMPLATE
    )
    assert decision == Decision(Verdict.DEFER, midnight, reason="quota")
    assert tomorrow(now) == midnight


@pytest.mark.parametrize("outcome", [Outcome.REFUSED, Outcome.LATER_DAY])
def test_what_is_urgent_goes_down_the_ladder_at_once(outcome: Outcome) -> None:
    assert decide(outcome, history(), NOW) == Decision(Verdict.DESCEND, NOW)


@pytest.mark.parametrize("outcome", [Outcome.REFUSED, Outcome.LATER_DAY])
def test_what_may_have_been_seen_goes_no_further_than_the_inbox(outcome: Outcome) -> None:
    decision = decide(outcome, history(uncertain=MINUTE), NOW)
    assert (decision.verdict, decision.reason) == (Verdict.INBOX, "outcome_unknown")


@pytest.mark.parametrize("channel", [Channel.SUBSCRIBE, Channel.CUSTOM, Channel.SMS])
def test_only_a_template_message_may_be_repeated(channel: Channel) -> None:
    decision = decide_for(Outcome.UNKNOWN, history(), NOW, ladder=URGENT, channel=channel)
    assert (decision.verdict, decision.reason) == (Verdict.INBOX, "outcome_unknown")
    assert not may_send(history(uncertain=SECOND), channel, NOW)


def test_the_platform_may_say_itself_how_long_to_wait() -> None:
    assert decide(Outcome.LATER_MINUTE, history(), NOW, retry_after=7.5).retry_at == NOW + 7.5 * SECOND


def test_an_unknown_outcome_is_remembered_from_the_start_of_its_try() -> None:
    first = decide(Outcome.UNKNOWN, history(), NOW)
    assert first == Decision(Verdict.RETRY, NOW + SECOND, NOW - SECOND)
    again = decide(Outcome.UNKNOWN, history(attempts=2, uncertain=MINUTE), NOW)
    assert again == Decision(Verdict.RETRY, NOW + 5 * SECOND, NOW - MINUTE)


def test_a_later_certain_failure_does_not_make_an_earlier_try_certain() -> None:
    decision = decide(Outcome.SOON, history(attempts=2, uncertain=MINUTE), NOW)
    assert decision.uncertain_since == NOW - MINUTE


@pytest.mark.parametrize(
    ("outcome", "uncertain"),
    [
        (Outcome.SOON, 9 * MINUTE),
        (Outcome.UNKNOWN, 9 * MINUTE),
        (Outcome.LATER_MINUTE, 9 * MINUTE - 30 * SECOND),
        (Outcome.LATER_DAY, SECOND),
    ],
)
def test_what_may_have_been_seen_is_not_sent_after_the_platform_forgot_it(
    outcome: Outcome, uncertain: timedelta
) -> None:
    decision = decide(outcome, history(uncertain=uncertain), NOW)
    assert (decision.verdict, decision.reason) == (Verdict.INBOX, "outcome_unknown")


def test_a_day_is_enough() -> None:
    last = decide(Outcome.SOON, history(age=24 * HOUR - SECOND), NOW)
    assert last == Decision(Verdict.RETRY, NOW + SECOND)
    over = decide(Outcome.SOON, history(age=24 * HOUR), NOW)
    assert (over.verdict, over.reason) == (Verdict.INBOX, "gave_up")


@pytest.mark.parametrize(
    ("uncertain", "allowed"),
    [(None, True), (timedelta(0), True), (9 * MINUTE - SECOND, True), (9 * MINUTE, False), (HOUR, False)],
)
def test_a_try_must_not_be_seen_twice(uncertain: timedelta | None, allowed: bool) -> None:
    assert may_send(history(uncertain=uncertain), Channel.TEMPLATE, NOW) is allowed


def test_the_tries_before_a_resend_window_closes_fit_into_it() -> None:
    assert sum(BACKOFF[:5], timedelta()) < 9 * MINUTE

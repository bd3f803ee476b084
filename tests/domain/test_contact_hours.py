"""When a customer wishes to be disturbed, and what that does to the slots that he is offered."""

from datetime import datetime, timedelta

import pytest

from app.domain.contact_hours import ContactHours
from app.domain.dispatch.plan import Candidate, Job, Span
from app.domain.dispatch.slots import recommend
from app.domain.ladder import LADDERS, hold
from app.domain.notices import Kind
from app.domain.zone import ZONE
from tests.domain.days import CENTRE, MONDAY, at, span

EVENINGS = {"weekdays": [1, 2, 3, 4, 5], "from": "18:00", "until": "20:00"}
SATURDAY = {"weekdays": [6], "from": "09:00", "until": "12:00"}
NOON = {"weekdays": [6], "from": "11:00", "until": "14:00"}


def moment(text: str) -> datetime:
    """In the week of Monday 2026-11-23."""
    return datetime.fromisoformat(f"2026-11-{text}").replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("23T09:00", "23T18:00"),
        ("23T18:00", None),
        ("23T20:00", "24T18:00"),
        # After the last evening of work the morning off.
        ("27T21:00", "28T09:00"),
        # Two stretches that overlap are one.
        ("28T12:30", None),
        ("28T15:00", "30T18:00"),
    ],
)
def test_when_he_may_be_disturbed_again(now: str, until: str | None) -> None:
    hours = ContactHours.read([EVENINGS, NOON, SATURDAY])
    assert hours.until(moment(now)) == (until and moment(until))


def test_one_day_of_the_week_whose_hour_is_over_means_the_next_week() -> None:
    assert ContactHours.read([SATURDAY]).until(moment("28T13:00")) == moment("28T09:00") + timedelta(days=7)


def test_whoever_has_said_nothing_may_be_disturbed() -> None:
    assert ContactHours().until(moment("23T03:00")) is None


def test_what_can_wait_waits_for_his_hours_and_what_cannot_does_not() -> None:
    hours = ContactHours.read([EVENINGS])
    found = hold(LADDERS[Kind.RATING_INVITATION], (), hours, moment("23T09:00"))
    assert found is not None
    assert (found.until, found.reason) == (moment("23T18:00"), "contact_hours")
    assert hold(LADDERS[Kind.TICKET_PROGRESS], (), hours, moment("23T09:00")) is None


def offers(*at_home: Span, wished: tuple[Span, ...] = ()) -> list[tuple[str, float, str]]:
    job = Job(CENTRE, 30, at("00:00"), at("23:00"), wished, at_home=at_home)
    day = {MONDAY: [Candidate("e1", CENTRE, span("08:00", "18:00"), name="张师傅")]}
    found = recommend(job, day, now=at("07:00"))
    return [(f"{o.window.start_at:%H}", o.insertion.terms.wish, o.reason) for o in found]


def test_a_window_in_his_hours_goes_before_sooner_ones() -> None:
    (first, *others) = offers(span("14:00", "16:00"))
    assert first == ("14", 0.0, "张师傅这个时段有空，路上约 1 分钟")
    assert [(hour, wish) for hour, wish, _ in others] == [("08", 15.0), ("10", 15.0)]
    assert others[0][2] == "不在您方便的时间内，但张师傅这个时段有空，路上约 1 分钟"


def test_half_a_window_is_not_enough_to_be_there() -> None:
    assert offers(span("09:00", "12:00"))[0][0] == "10"


def test_what_he_wished_for_this_time_goes_before_what_he_usually_wishes() -> None:
    (first, second, _) = offers(span("10:00", "12:00"), wished=(span("16:00", "18:00"),))
    assert first == ("16", -15.0, "正是您希望的时段，张师傅路上约 1 分钟")
    assert second[0] == "10"

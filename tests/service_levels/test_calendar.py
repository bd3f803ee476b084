"""The calendar against one that counts every second, and what it refuses."""

import time
from bisect import bisect_left
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.service_levels.calendar import (
    DAY,
    YEAR,
    Calendar,
    Hours,
    NeverOpen,
    add_open_seconds,
    open_seconds,
    opens_within_a_year,
    spans,
)
from tests.service_levels.calendars import CALENDARS, at, hours

# The stretches in which spans are laid out meet within these days, in the middle of one of them.
FIRST = at("2026-05-21 00:00")
DAYS = 12
END = FIRST + DAYS * DAY

_HOURS = st.builds(
    lambda since, length: Hours(since, since + length), st.integers(0, DAY - 1), st.integers(1, DAY)
)
_DAY = st.lists(_HOURS, max_size=3).map(tuple)
_SPECIAL = st.dictionaries(st.integers(0, DAYS - 1), _DAY, max_size=3)
_AT = st.integers(FIRST + DAY, END)


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    special = draw(_SPECIAL)
    days = tuple(
        (date(2026, 5, 21 + number) if number < 11 else date(2026, 6, 1), special[number])
        for number in special
    )
    return Calendar(draw(st.tuples(*[_DAY] * 7)), tuple(sorted(days)))


def second_by_second(calendar: Calendar) -> bytes:
    """A byte for each second from FIRST on; what an evening before it opened is not in it."""
    open_ = bytearray((DAYS + 2) * DAY)
    special = dict(calendar.special)
    for number in range(DAYS):
        day = date.fromordinal(date(2026, 5, 21).toordinal() + number)
        for span in special.get(day, calendar.week[day.weekday()]):
            begin, end = number * DAY + span.since, number * DAY + span.until
            open_[begin:end] = b"\1" * (end - begin)
    return bytes(open_)


@settings(max_examples=60, deadline=None)
@given(calendars(), _AT, _AT, st.integers(1, 3 * DAY))
def test_it_counts_every_second(calendar: Calendar, one: int, other: int, count: int) -> None:
    since, until = sorted((one, other))
    every = second_by_second(calendar)
    counted = every.count(1, since - FIRST, until - FIRST)
    assert open_seconds(calendar, since, until) == counted
    assert sum(end - start for start, end in spans(calendar, since, until)) == counted
    if every.count(1, since - FIRST, DAYS * DAY) >= count:
        reached = bisect_left(range(DAYS * DAY), count, key=lambda t: every.count(1, since - FIRST, t))
        assert add_open_seconds(calendar, since, count) == FIRST + reached


@settings(max_examples=40, deadline=None)
@given(calendars(), _AT, st.integers(0, 40 * DAY))
def test_adding_and_counting_are_one_another_undone(calendar: Calendar, since: int, count: int) -> None:
    if not any(calendar.week):
        return
    due = add_open_seconds(calendar, since, count)
    assert open_seconds(calendar, since, due) == count
    assert count == 0 or open_seconds(calendar, since, due - 1) == count - 1


def test_a_calendar_that_never_opens_says_so_at_once() -> None:
    with pytest.raises(NeverOpen):
        add_open_seconds(Calendar(((),) * 7), at("11-23 09:00"), 1)
    with pytest.raises(NeverOpen):
        add_open_seconds(CALENDARS["one day"], at("11-23 09:00"), 3601)


def test_a_year_in_which_nothing_opens() -> None:
    assert opens_within_a_year(CALENDARS["one day"], date(2026, 11, 23))
    assert not opens_within_a_year(Calendar(((),) * 7), date(2026, 11, 23))
    assert not opens_within_a_year(CALENDARS["one day"], date(2026, 12, 25))


@pytest.mark.parametrize("text", ["24:00-25:00", "10:00-10:00", "12:00-10:00", "10:00-35:00"])
def test_hours_that_are_none(text: str) -> None:
    with pytest.raises(ValueError, match="No hours"):
        hours(text)


def test_a_year_of_days_costs_no_more_than_a_day() -> None:
    """Laid out once, a year is two sums and two bisections: a thousand of them are nothing."""
    calendar, since = CALENDARS["relay"], at("2026-01-01 00:00")
    year = open_seconds(calendar, since, since + YEAR)
    began = time.perf_counter()
    for n in range(1000):
        assert open_seconds(calendar, since + n, since + n + YEAR) == year
        add_open_seconds(calendar, since + n, year)
    assert time.perf_counter() - began < 1

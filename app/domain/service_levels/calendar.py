"""When a service point is open, and the arithmetic of open time: exact, and fast over years.

A day is made of hours in seconds after its midnight; those that end past 24:00 run into the next day. The open
spans of 256 days at a time are laid out once with their running sums; everything else is a bisection in them.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property, lru_cache

from app.domain.zone import ZONE

DAY = 86_400
YEAR = 366 * DAY
_STRETCH_DAYS = 256
_STRETCH = _STRETCH_DAYS * DAY
# China has had no summer time since 1991: its midnight is 16:00 UTC, every day.
_EAST = 8 * 3600
_EPOCH = date(1970, 1, 1).toordinal()

Span = tuple[int, int]


class NeverOpen(ValueError):
    """No open time comes any more: a deadline cannot be told."""


@dataclass(frozen=True, order=True)
class Hours:
    """From ``since`` until ``until``, in seconds after midnight; a night ends past 24:00 (22:00–30:00)."""

    since: int
    until: int

    def __post_init__(self) -> None:
        if not (0 <= self.since < DAY and self.since < self.until <= self.since + DAY):
            raise ValueError(f"No hours of a day: {self.since}–{self.until}")


Day = tuple[Hours, ...]


@dataclass(frozen=True)
class Calendar:
    """``week`` begins on Monday. A ``special`` day replaces its weekday: a holiday has no hours, a make-up working
    day (调休) those of the weekday as which it is worked."""

    week: tuple[Day, ...]
    special: tuple[tuple[date, Day], ...] = ()

    def __post_init__(self) -> None:
        if len(self.week) != 7:
            raise ValueError("A week has seven days.")

    @cached_property
    def _special(self) -> dict[int, Day]:
        return {day.toordinal() - _EPOCH: hours for day, hours in self.special}

    @cached_property
    def _hash(self) -> int:
        return hash((self.week, self.special))

    def __hash__(self) -> int:
        return self._hash

    def hours(self, day: int) -> Day:
        """Of a day, counted from 1970-01-01, which was a Thursday."""
        return self._special.get(day, self.week[(day + 3) % 7])


ALWAYS = Calendar(((Hours(0, DAY),),) * 7)


@dataclass(frozen=True)
class _Stretch:
    """Open spans, none touching another, and how much is open before each of them."""

    starts: tuple[int, ...]
    ends: tuple[int, ...]
    before: tuple[int, ...]
    total: int

    def until(self, at: int) -> int:
        index = bisect_right(self.starts, at) - 1
        return self.before[index] + min(at, self.ends[index]) - self.starts[index] if index >= 0 else 0

    def after(self, open_for: int) -> int:
        """The first moment at which so much (more than nothing, no more than ``total``) was open."""
        index = bisect_left(self.before, open_for) - 1
        return self.starts[index] + open_for - self.before[index]


def seconds(at: datetime) -> int:
    return int(at.timestamp() // 1)


def moment(at: int) -> datetime:
    return datetime.fromtimestamp(at, UTC)


def local(at: int) -> datetime:
    return datetime.fromtimestamp(at, ZONE)


def open_seconds(calendar: Calendar, since: int, until: int) -> int:
    """How much of the time between two moments is open."""
    if until <= since:
        return 0
    first, last = since // _STRETCH, until // _STRETCH
    whole = sum(_stretch(calendar, number).total for number in range(first, last))
    return whole + _stretch(calendar, last).until(until) - _stretch(calendar, first).until(since)


def add_open_seconds(calendar: Calendar, since: int, count: int) -> int:
    """The first moment at which ``count`` seconds were open since then. Raises NeverOpen."""
    if count <= 0:
        return since
    number, closed = since // _STRETCH, 0
    count += _stretch(calendar, number).until(since)
    while count > (stretch := _stretch(calendar, number)).total:
        closed = 0 if stretch.total else closed + 1
        if closed > 1:
            raise NeverOpen
        count -= stretch.total
        number += 1
    return stretch.after(count)


def spans(calendar: Calendar, since: int, until: int) -> Iterator[Span]:
    """The open spans between two moments, those at the ends cut to fit."""
    for number in range(since // _STRETCH, (until - 1) // _STRETCH + 1):
        stretch = _stretch(calendar, number)
        for start, end in zip(stretch.starts, stretch.ends, strict=True):
            if start < until and end > since:
                yield max(start, since), min(end, until)


def opens_within_a_year(calendar: Calendar, day: date) -> bool:
    since = seconds(datetime(day.year, day.month, day.day, tzinfo=ZONE))
    return open_seconds(calendar, since, since + YEAR) > 0


def special_days(week: tuple[Day, ...], holidays: dict[date, int | None]) -> dict[date, Day]:
    """The hours of days that are worked as another weekday, or (None) not at all."""
    return {day: () if works_as is None else week[works_as] for day, works_as in holidays.items()}


@lru_cache(maxsize=1024)
def _stretch(calendar: Calendar, number: int) -> _Stretch:
    begin, end = number * _STRETCH, (number + 1) * _STRETCH
    starts: list[int] = []
    ends: list[int] = []
    for start, stop in _in_order(calendar, begin, end):
        if ends and start <= ends[-1]:
            ends[-1] = max(ends[-1], stop)
        else:
            starts.append(start)
            ends.append(stop)
    before = [0]
    for start, stop in zip(starts, ends, strict=True):
        before.append(before[-1] + stop - start)
    return _Stretch(tuple(starts), tuple(ends), tuple(before[:-1]), before[-1])


def _in_order(calendar: Calendar, begin: int, end: int) -> list[Span]:
    """Every span that reaches into the stretch; its first day may have begun the evening before."""
    first = (begin + _EAST) // DAY - 1
    found: list[Span] = []
    for day in range(first, first + _STRETCH_DAYS + 2):
        midnight = day * DAY - _EAST
        for hours in calendar.hours(day):
            start, stop = max(midnight + hours.since, begin), min(midnight + hours.until, end)
            if start < stop:
                found.append((start, stop))
    return sorted(found)

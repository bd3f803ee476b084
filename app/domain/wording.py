"""Moments in a customer's words: 今天 18:00, 明天 14:00–16:00, 11月24日（周二）09:30."""

from datetime import date, datetime, timedelta

from app.domain.zone import ZONE

_WEEKDAYS = "一二三四五六日"
_NEAR = {-1: "昨天", 0: "今天", 1: "明天"}


def day_words(on: date, today: date) -> str:
    near = _NEAR.get((on - today).days)
    if near:
        return near
    year = "" if on.year == today.year else f"{on.year}年"
    return f"{year}{on.month}月{on.day}日（周{_WEEKDAYS[on.weekday()]}）"


def moment_words(at: datetime, now: datetime) -> str:
    local = at.astimezone(ZONE)
    day = day_words(local.date(), now.astimezone(ZONE).date())
    # A closing bracket brings its own space.
    return f"{day}{'' if day.endswith('）') else ' '}{local:%H:%M}"


def window_words(start: datetime, end: datetime, now: datetime) -> str:
    ends = end.astimezone(ZONE)
    if start.astimezone(ZONE).date() == ends.date():
        return f"{moment_words(start, now)}–{ends:%H:%M}"
    return f"{moment_words(start, now)}–{moment_words(end, now)}"


def ceil_minutes(at: datetime, step: int) -> datetime:
    """The next full ``step`` of minutes (a divisor of 60): what is said is never before what is meant."""
    floor = at.replace(minute=at.minute - at.minute % step, second=0, microsecond=0)
    return floor if floor == at else floor + timedelta(minutes=step)

"""How a calendar lies in its row: hours as pairs of seconds, days by their date."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from app.domain.service_levels.calendar import Calendar, Day, Hours


def week_in(document: Mapping[str, Any]) -> tuple[Day, ...]:
    return tuple(_day(day) for day in document["week"])


def exceptions_in(document: Mapping[str, Any]) -> dict[date, Day]:
    return days_in(document["exceptions"])


def days_in(stored: Mapping[str, Any]) -> dict[date, Day]:
    return {date.fromisoformat(day): _day(hours) for day, hours in stored.items()}


def calendar_in(document: Mapping[str, Any], special: Mapping[str, Any]) -> Calendar:
    return Calendar(week_in(document), tuple(sorted(days_in(special).items())))


def day_out(day: Day) -> list[list[int]]:
    return [[hours.since, hours.until] for hours in day]


def days_out(days: Mapping[date, Day]) -> dict[str, list[list[int]]]:
    return {day.isoformat(): day_out(hours) for day, hours in sorted(days.items())}


def _day(stored: Sequence[Sequence[int]]) -> Day:
    return tuple(Hours(since, until) for since, until in stored)

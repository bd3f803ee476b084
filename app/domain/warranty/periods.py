"""Days of a warranty. A period ends with its last day, at midnight in China.

The day on which it begins does not count, and the corresponding day of a later month is the last one that does;
where that month has no such day, its last day is (civil code, articles 201 and 202).
"""

from datetime import date, timedelta

from app.domain.situation import Warranty


def add_months(day: date, months: int) -> date:
    """The same day of a later month; the last one where the month is shorter."""
    year, month = divmod(day.month - 1 + months, 12)
    first_after = date(day.year + year, month + 1, 1)
    following = date(first_after.year + first_after.month // 12, first_after.month % 12 + 1, 1)
    return first_after.replace(day=min(day.day, (following - first_after).days))


def add_days(day: date, days: int) -> date:
    return day + timedelta(days=days)


def decide(purchased_on: date | None, months: int | None, today: date) -> Warranty:
    """``months`` is the product's warranty from the day of purchase; without either nobody can say."""
    if purchased_on is None or months is None:
        return Warranty.UNKNOWN
    return Warranty.IN if in_force(add_months(purchased_on, months), today) else Warranty.OUT


def in_force(ends_on: date | None, today: date) -> bool:
    """``None`` is for a lifetime."""
    return ends_on is None or today <= ends_on


def remaining_days(ends_on: date | None, today: date) -> int | None:
    """0 on the last day, less after it; None for a lifetime."""
    return None if ends_on is None else (ends_on - today).days


def later(one: date | None, other: date | None) -> date | None:
    """The later of two ends, where none is later than any."""
    return None if one is None or other is None else max(one, other)

"""Whether a job is in warranty, as far as purchase and product tell."""

from datetime import date

from app.domain.situation import Warranty


def decide(purchased_on: date | None, months: int | None, today: date) -> Warranty:
    """``months`` is the product's warranty from the day of purchase; without either nobody can say."""
    if purchased_on is None or months is None:
        return Warranty.UNKNOWN
    return Warranty.IN if today < add_months(purchased_on, months) else Warranty.OUT


def add_months(day: date, months: int) -> date:
    """The same day of a later month; the last one where the month is shorter."""
    year, month = divmod(day.month - 1 + months, 12)
    first_after = date(day.year + year, month + 1, 1)
    following = date(first_after.year + first_after.month // 12, first_after.month % 12 + 1, 1)
    return first_after.replace(day=min(day.day, (following - first_after).days))

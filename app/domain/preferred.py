"""When a customer would like somebody to come: what a report offers, before any engineer is looked at."""

from datetime import datetime, time, timedelta

from app.domain.situation import Window
from app.domain.zone import ZONE

DAYS = 5
_PARTS = ((time(9), time(12)), (time(13), time(18)), (time(18), time(20)))
# Nobody is at the door within the hour.
_NOTICE = timedelta(hours=1)


def preferable(now: datetime) -> tuple[Window, ...]:
    """Morning, afternoon and evening of the next days, as far as they still lie ahead; the earliest first."""
    today = now.astimezone(ZONE).date()
    days = (today + timedelta(days=n) for n in range(DAYS))
    windows = (
        Window(datetime.combine(day, start, ZONE), datetime.combine(day, end, ZONE))
        for day in days
        for start, end in _PARTS
    )
    return tuple(window for window in windows if window.end - now > _NOTICE)

"""Counting minutes while the service desk is staffed, every day from 08:00 to 20:00 local time."""

from datetime import datetime, time, timedelta

from app.domain.zone import ZONE

OPENS, CLOSES = time(8), time(20)


def add_service_time(start: datetime, span: timedelta) -> datetime:
    """The moment at which the desk has been staffed for ``span`` since ``start``."""
    at = _next_open(start.astimezone(ZONE))
    while True:
        left = datetime.combine(at.date(), CLOSES, ZONE) - at
        if span <= left:
            return at + span
        span -= left
        at = datetime.combine(at.date() + timedelta(days=1), OPENS, ZONE)


def _next_open(at: datetime) -> datetime:
    opening = datetime.combine(at.date(), OPENS, ZONE)
    if at < opening:
        return opening
    if at.time() >= CLOSES:
        return opening + timedelta(days=1)
    return at

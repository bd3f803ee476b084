"""When a failed delivery is tried again, and when we stop."""

from datetime import datetime, timedelta
from enum import StrEnum


class DeliveryState(StrEnum):
    QUEUED = "queued"
    SENDING = "sending"
    DELIVERED = "delivered"
    DEAD = "dead"


# 10 s, 30 s, 90 s … never more than three hours: about fourteen calls in a day.
FIRST_DELAY = timedelta(seconds=10)
FACTOR = 3
LONGEST_DELAY = timedelta(hours=3)
# A fifth more or less, so that what failed together does not come back together.
JITTER = 0.2
GIVE_UP = timedelta(days=1)

# An endpoint that failed so often in a row is left alone between single calls.
PATIENCE = 5
LONGEST_REST = timedelta(minutes=10)
# After so long without one success it is switched off, and the admins are told.
DISABLE = timedelta(days=3)


def delay(tries: int, dice: float) -> timedelta:
    """After the ``tries``-th failure. ``dice`` is from 0 to 1."""
    # The power alone would overflow for what was replayed forever.
    plain = min(FIRST_DELAY * int(FACTOR ** min(tries - 1, 12)), LONGEST_DELAY)
    return plain * (1 - JITTER + 2 * JITTER * dice)


def next_try(
    tries: int, *, now: datetime, give_up_at: datetime, dice: float, asked: int = 0
) -> datetime | None:
    """None when it is over; the last try falls on the very end of the day. ``asked``: its Retry-After."""
    if now >= give_up_at:
        return None
    wait = max(delay(tries, dice), min(timedelta(seconds=asked), LONGEST_DELAY))
    return min(now + wait, give_up_at)


def rest(failures: int) -> timedelta:
    """How long an endpoint is left alone after so many failures in a row."""
    if failures < PATIENCE:
        return timedelta(0)
    return min(FIRST_DELAY * (1 << min(failures - PATIENCE, 12)), LONGEST_REST)

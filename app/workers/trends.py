"""The days behind the trends, counted in the process beside: six months of them are a matter of seconds."""

import asyncio
import time
from contextlib import suppress
from datetime import UTC, datetime

from app.connection import LOST_CONNECTION, connect
from app.services.kpi.trend_days import count_one_day

# Then somebody else's turn comes: a plan may be waiting.
_TURN_SECONDS = 0.1


def count_trends(database_url: str) -> bool:
    """Those that are due, each in a transaction of its own; True when its turn ended before they did."""
    with suppress(*LOST_CONNECTION):
        # Without the database there is nothing to count; the next slot comes in five minutes.
        return asyncio.run(_count(database_url))
    return False


async def _count(database_url: str) -> bool:
    connection = await connect(database_url, "huixiang-trends")
    ends_at = time.monotonic() + _TURN_SECONDS
    try:
        due = True
        while due and time.monotonic() < ends_at:
            async with connection.transaction():
                due = await count_one_day(connection, datetime.now(UTC))
    finally:
        connection.terminate()
    return due

"""Count the days behind the trends as the worker does, without those in which no test has anything."""

from datetime import datetime

import asyncpg

from app.services.kpi.trend_days import count_one_day

_EMPTY = """
INSERT INTO trend_days (day, counted_at)
SELECT d::date, $1 FROM generate_series($1::timestamptz - interval '190 days', $1::timestamptz - interval '20 days',
                                        interval '1 day') d
ON CONFLICT (day) DO UPDATE SET counted_at = excluded.counted_at
"""


async def count_days(rows: asyncpg.Connection, at: datetime) -> int:
    """How many were due."""
    await rows.execute(_EMPTY, at)
    days = 0
    while await count_one_day(rows, at):
        days += 1
    return days

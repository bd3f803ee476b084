"""Who works when. Working days are added as time goes on; those that somebody has changed stay."""

from datetime import date, datetime, time, timedelta

import asyncpg

from app.domain.zone import ZONE
from app.services.seed.people import FieldEngineer

DAYS_BEFORE, DAYS_AHEAD = 7, 21

_INSERT = """
INSERT INTO rosters (engineer_id, day, shift, version)
SELECT n.engineer, n.day, tstzrange(n.begins, n.ends), 0
  FROM unnest($1::uuid[], $2::date[], $3::timestamptz[], $4::timestamptz[]) AS n (engineer, day, begins, ends)
  JOIN engineers e ON e.id = n.engineer
ON CONFLICT (engineer_id, day) DO NOTHING
"""


async def plant_rosters(
    connection: asyncpg.Connection, engineers: tuple[FieldEngineer, ...], today: date
) -> None:
    days = [today + timedelta(days=n) for n in range(-DAYS_BEFORE, DAYS_AHEAD + 1)]
    rows = [(e.id, day, *shift) for e in engineers for day in days if (shift := shift_on(e, day))]
    ids, dates, begins, ends = (list(column) for column in zip(*rows, strict=True))
    await connection.execute(_INSERT, ids, dates, begins, ends)


def shift_on(engineer: FieldEngineer, day: date) -> tuple[datetime, datetime] | None:
    midnight = datetime.combine(day, time(), ZONE)
    if engineer.shift is None:
        # Into the small hours of the next day, so that a job taken shortly before midnight has its time.
        return midnight, midnight + timedelta(hours=27)
    if day.weekday() == engineer.number % 7 or _on_leave(engineer.number, day):
        return None
    start, end = engineer.shift
    return midnight + timedelta(hours=start), midnight + timedelta(hours=end)


def _on_leave(number: int, day: date) -> bool:
    """Every ninth of them takes two days a month."""
    return number % 9 == 4 and (day.toordinal() - number) % 30 < 2

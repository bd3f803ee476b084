"""Public holidays and make-up working days (调休), a year at a time, as the State Council announces them."""

from datetime import datetime

import asyncpg

from app.domain.actor import Actor
from app.errors import InvalidInput
from app.schemas.rosters import HolidayList, HolidayOut, HolidaysIn
from app.services.rosters.fill import fill_ahead
from app.services.service_levels.calendars import follow_holidays

_READ = """
SELECT day, name, works_as FROM holidays WHERE extract(year FROM day) = $1::int ORDER BY day
"""
_FORGET = "DELETE FROM holidays WHERE extract(year FROM day) = $1::int"
_WRITE = """
INSERT INTO holidays (day, name, works_as) SELECT * FROM unnest($1::date[], $2::text[], $3::smallint[])
"""


async def read_holidays(connection: asyncpg.Connection, year: int) -> HolidayList:
    return HolidayList(items=[HolidayOut(**row) for row in await connection.fetch(_READ, year)])


async def write_holidays(
    connection: asyncpg.Connection, year: int, body: HolidaysIn, *, actor: Actor, now: datetime
) -> HolidayList:
    """The year as a whole; the coming days of everybody and the calendars of service points follow at once."""
    days = [item.day for item in body.items]
    if any(day.year != year for day in days) or len(set(days)) < len(days):
        raise InvalidInput.at("body.items", f"每一天只能出现一次，且都在 {year} 年。", "wrong_day")
    await connection.execute(_FORGET, year)
    await connection.execute(_WRITE, days, [i.name for i in body.items], [i.works_as for i in body.items])
    await fill_ahead(connection, now)
    await follow_holidays(connection, by=actor.id, now=now)
    return await read_holidays(connection, year)

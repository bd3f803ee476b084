"""Who works when: patterns, holidays, some days of leave, and the days that follow. What somebody has changed stays."""

import tomllib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

import asyncpg

from app.domain.rosters import HOLIDAY
from app.domain.zone import ZONE
from app.services.rosters.fill import DAYS_AHEAD, fill
from app.services.seed.people import FieldEngineer
from app.services.seed.town import DATA

DAYS_BEFORE = 7
# Their day turns at an hour at which nobody is visited.
ROUND_THE_CLOCK = ((4, 28),)

_PATTERNS = """
INSERT INTO shift_patterns (engineer_id, weekday, spans)
SELECT e.id, $2, $3::int4multirange FROM engineers e WHERE e.id = $1
ON CONFLICT DO NOTHING
"""
_HOLIDAYS = """
INSERT INTO holidays (day, name, works_as) SELECT * FROM unnest($1::date[], $2::text[], $3::smallint[])
ON CONFLICT DO NOTHING
"""
_LEAVE = """
INSERT INTO absences (id, engineer_id, kind, during, reason, created_by, created_at)
SELECT $1, e.id, 'leave', tstzrange($3, $4), '年假', e.id, $5 FROM engineers e WHERE e.id = $2
ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True)
class Holiday:
    day: date
    name: str
    works_as: int | None


@lru_cache
def load_holidays() -> tuple[Holiday, ...]:
    with (DATA / "holidays.toml").open("rb") as file:
        content = tomllib.load(file)
    off = (
        Holiday(h["from"] + timedelta(days=n), h["name"], None)
        for h in content["holidays"]
        for n in range((h["to"] - h["from"]).days + 1)
    )
    return (*off, *(Holiday(m["day"], m["name"], m["works_as"]) for m in content["make_up_days"]))


async def plant_holidays(connection: asyncpg.Connection) -> None:
    days = load_holidays()
    await connection.execute(
        _HOLIDAYS, [h.day for h in days], [h.name for h in days], [h.works_as for h in days]
    )


async def plant_rosters(
    connection: asyncpg.Connection, engineers: tuple[FieldEngineer, ...], now: datetime
) -> None:
    today = now.astimezone(ZONE).date()
    for engineer in engineers:
        for weekday in range(HOLIDAY + 1):
            spans = [asyncpg.Range(a * 60, b * 60) for a, b in _hours(engineer, weekday)]
            await connection.execute(_PATTERNS, engineer.id, weekday, spans)
        for first in _leave(engineer.number, today):
            key = uuid.uuid5(engineer.id, first.isoformat())
            begin, end = _midnight(first), _midnight(first + timedelta(days=2))
            await connection.execute(_LEAVE, key, engineer.id, begin, end, now)
    await fill(connection, [today + timedelta(days=n) for n in range(-DAYS_BEFORE, DAYS_AHEAD + 1)])


def shift_on(engineer: FieldEngineer, day: date) -> tuple[datetime, datetime] | None:
    """From when to when he is at work on a day of the past that is being made up."""
    hours = _hours(engineer, day.weekday())
    if not hours or _on_leave(engineer.number, day):
        return None
    midnight = _midnight(day)
    return midnight + timedelta(hours=hours[0][0]), midnight + timedelta(hours=hours[-1][1])


def _hours(engineer: FieldEngineer, weekday: int) -> tuple[tuple[int, int], ...]:
    """Each has a day off in the week, and public holidays; the night team has neither."""
    if engineer.shift is None:
        return ROUND_THE_CLOCK
    return () if weekday in (engineer.number % 7, HOLIDAY) else engineer.shift


def _leave(number: int, today: date) -> Iterator[date]:
    """The first of the two days a month that every ninth of them takes, as far ahead as days are planned."""
    if number % 9 == 4:
        ahead = (today + timedelta(days=n) for n in range(DAYS_AHEAD + 1))
        yield from (day for day in ahead if (day.toordinal() - number) % 30 == 0)


def _on_leave(number: int, day: date) -> bool:
    return number % 9 == 4 and (day.toordinal() - number) % 30 < 2


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), ZONE)

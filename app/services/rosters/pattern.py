"""The working hours of an engineer's week."""

from datetime import datetime

import asyncpg

from app.domain.rosters import DAY_MINUTES, DAYS, MAX_VISITS
from app.schemas.rosters import HoursOut, PatternIn, PatternOut
from app.services.rosters.engineers import known
from app.services.rosters.fill import fill_ahead

_READ = "SELECT weekday, spans, max_visits FROM shift_patterns WHERE engineer_id = $1::uuid"
_FORGET = "DELETE FROM shift_patterns WHERE engineer_id = $1::uuid"
# A week without any hours is a pattern too: it has its row for every day.
_WRITE = "INSERT INTO shift_patterns (engineer_id, weekday, spans, max_visits) VALUES ($1::uuid, $2, $3, $4)"


async def read_pattern(connection: asyncpg.Connection, engineer_id: str) -> PatternOut:
    await known(connection, engineer_id)
    found = await connection.fetch(_READ, engineer_id)
    rows = {row["weekday"]: row["spans"] for row in found}
    week = {
        day: [HoursOut(start=_clock(s.lower), end=_clock(s.upper)) for s in rows.get(n, [])]
        for n, day in enumerate(DAYS)
    }
    most = max((row["max_visits"] for row in found), default=MAX_VISITS)
    return PatternOut.model_validate(week | {"max_visits": most})


async def write_pattern(
    connection: asyncpg.Connection, engineer_id: str, body: PatternIn, *, now: datetime
) -> PatternOut:
    """The coming days follow at once, but for those entered by hand."""
    await known(connection, engineer_id)
    await connection.execute(_FORGET, engineer_id)
    for weekday, spans in enumerate(body.week):
        ranges = [asyncpg.Range(hours.since, hours.until) for hours in spans]
        await connection.execute(_WRITE, engineer_id, weekday, ranges, body.max_visits)
    await fill_ahead(connection, now, engineer_id=engineer_id)
    return await read_pattern(connection, engineer_id)


def _clock(minutes: int) -> str:
    if minutes == DAY_MINUTES:
        return "24:00"
    hours, rest = divmod(minutes % DAY_MINUTES, 60)
    return f"{hours:02}:{rest:02}"

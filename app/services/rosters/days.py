"""The days of an engineer as they are worked, and one of them as somebody enters it by hand."""

from datetime import date, datetime, time, timedelta
from itertools import pairwise

import asyncpg

from app.domain.rosters import ABSENCE_LABELS, MAX_VISITS, AbsenceKind
from app.domain.zone import ZONE
from app.errors import InvalidInput
from app.schemas.rosters import AbsenceOut, RosterIn, RosterList, RosterOut
from app.schemas.tickets import WindowOut
from app.services.rosters.engineers import known
from app.services.rosters.fill import fill

LONGEST_DAYS = 62

_DAYS = """
SELECT d.day, coalesce(r.spans, '{}') AS spans, r.max_visits, r.edited IS NOT NULL AS by_hand, h.name AS holiday
  FROM (SELECT generate_series($2::date, $3::date, interval '1 day')::date AS day) d
  LEFT JOIN rosters r ON r.engineer_id = $1::uuid AND r.day = d.day
  LEFT JOIN holidays h ON h.day = d.day
 ORDER BY d.day
"""
_ABSENCES = """
SELECT id, kind, lower(during) AS start, upper(during) AS end, reason FROM absences
 WHERE engineer_id = $1::uuid AND cancelled_at IS NULL AND during && tstzrange($2, $3)
 ORDER BY lower(during), id
"""
_EDIT = f"""
INSERT INTO rosters (engineer_id, day, spans, edited, max_visits, version)
VALUES ($1::uuid, $2, '{{}}', $3::tstzmultirange, coalesce($4, {MAX_VISITS}), 0)
ON CONFLICT (engineer_id, day) DO UPDATE
   SET edited = excluded.edited, max_visits = coalesce($4, rosters.max_visits), version = rosters.version + 1
"""


async def read_days(connection: asyncpg.Connection, engineer_id: str, first: date, last: date) -> RosterList:
    """Both days included. Errors: invalid_input for more than two months."""
    if not timedelta(0) <= last - first < timedelta(days=LONGEST_DAYS):
        raise InvalidInput.at(
            "query.to", f"一次最多查询 {LONGEST_DAYS} 天，结束日期不早于开始日期。", "out_of_range"
        )
    await known(connection, engineer_id)
    rows = await connection.fetch(_DAYS, engineer_id, first, last)
    absences = await connection.fetch(_ABSENCES, engineer_id, *between(first, last))
    return RosterList(items=[day_of(row) for row in rows], absences=[absence(row) for row in absences])


async def write_day(
    connection: asyncpg.Connection, engineer_id: str, day: date, body: RosterIn, *, now: datetime
) -> RosterOut:
    """Errors: invalid_input for a day that is over, roster_overlap where it runs into a neighbouring day."""
    await known(connection, engineer_id)
    if day < now.astimezone(ZONE).date():
        raise InvalidInput.at("path.day", "不能修改已经过去的日期。", "in_the_past")
    await connection.execute(_EDIT, engineer_id, day, _ranges(day, body), body.max_visits)
    await fill(connection, [day - timedelta(days=1), day, day + timedelta(days=1)], engineer_id=engineer_id)
    (row,) = await connection.fetch(_DAYS, engineer_id, day, day)
    return day_of(row)


def _ranges(day: date, body: RosterIn) -> list[asyncpg.Range] | None:
    if body.spans is None:
        return None
    midnight = _midnight(day)
    hours = sorted(span.hours for span in body.spans)
    if any(a.until > b.since for a, b in pairwise(hours)):
        raise InvalidInput.at("body.spans", "同一天的时段不能重叠。", "overlap")
    return [
        asyncpg.Range(midnight + timedelta(minutes=h.since), midnight + timedelta(minutes=h.until))
        for h in hours
    ]


def between(first: date, last: date) -> tuple[datetime, datetime]:
    """From the midnight that begins the first day to the one that ends the last."""
    return _midnight(first), _midnight(last + timedelta(days=1))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), ZONE)


def day_of(row: asyncpg.Record) -> RosterOut:
    return RosterOut(
        day=row["day"],
        spans=[WindowOut(start=s.lower, end=s.upper) for s in row["spans"]],
        max_visits=row["max_visits"],
        holiday=row["holiday"],
        by_hand=row["by_hand"],
    )


def absence(row: asyncpg.Record) -> AbsenceOut:
    return AbsenceOut(
        id=row["id"],
        kind=row["kind"],
        label=ABSENCE_LABELS[AbsenceKind(row["kind"])],
        start=row["start"],
        end=row["end"],
        reason=row["reason"],
    )

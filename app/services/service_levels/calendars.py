"""When service points are open, in versions: each is written once, and tickets keep the one that they came under.

A version holds the public holidays as they were known when it was published; when others become known, the calendars
that follow them are published anew.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

import asyncpg
import orjson

from app.domain.rosters import DAYS
from app.domain.service_levels import standing
from app.domain.service_levels.calendar import Calendar, Day, Hours, opens_within_a_year, special_days
from app.domain.zone import ZONE
from app.errors import HouseWide, InvalidInput
from app.schemas.rosters import HoursIn, HoursOut
from app.schemas.service_levels import CalendarIn, CalendarOut, SpecialDayOut
from app.services.idempotency import Once
from app.services.plans.points import known_point
from app.services.service_levels.stored import day_out, days_in, days_out, exceptions_in, week_in

WEEK = DAYS[:7]
_NEWEST = """
SELECT DISTINCT ON (service_point_id) service_point_id, version, document, special, published_at
  FROM service_calendars ORDER BY service_point_id NULLS FIRST, version DESC
"""
# Two who publish at once would both take the next number.
_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended('service_calendars', 0))"
_PUBLISH = """
INSERT INTO service_calendars (service_point_id, version, document, special, published_by, published_at)
SELECT $1, coalesce(max(version), 0) + 1, $2, $3, $4, $5
  FROM service_calendars WHERE service_point_id IS NOT DISTINCT FROM $1
RETURNING version
"""
_HOLIDAYS = "SELECT day, works_as FROM holidays"


async def list_calendars(connection: asyncpg.Connection) -> list[CalendarOut]:
    """The newest of each; the standing one first, where the house has none."""
    found = [
        _out(
            row["service_point_id"],
            row["version"],
            row["document"],
            days_in(row["special"]),
            row["published_at"],
        )
        for row in await connection.fetch(_NEWEST)
    ]
    if any(calendar.service_point_id is None for calendar in found):
        return found
    stored = {"week": [day_out(day) for day in standing.CALENDAR.week], "follows_holidays": False}
    return [_out(None, standing.VERSION, stored, {}, None), *found]


async def publish_calendar(
    connection: asyncpg.Connection, body: CalendarIn, *, once: Once, now: datetime
) -> CalendarOut:
    """For the tickets that come from now on.

    Errors: not_found, also for a point that the caller does not answer for; house_wide for the hours of the house by
    whoever answers for some points, and invalid_input for a calendar that never opens.
    """
    if earlier := await once.earlier(connection, now):
        return CalendarOut.model_validate(earlier)
    if body.service_point_id is not None:
        await known_point(connection, str(body.service_point_id), once.actor)
    elif not once.actor.leads_house:
        raise HouseWide
    week = tuple(_day(getattr(body, day)) for day in WEEK)
    document = {
        "week": [day_out(day) for day in week],
        "exceptions": days_out({each.day: _day(each.spans) for each in body.exceptions}),
        "follows_holidays": body.follows_holidays,
    }
    published = await publish(connection, body.service_point_id, document, once.actor.id, now)
    await once.keep(connection, published.model_dump(mode="json"))
    return published


async def publish(
    connection: asyncpg.Connection, point: UUID | None, document: Mapping[str, Any], by: str, now: datetime
) -> CalendarOut:
    await connection.execute(_ONE_AT_A_TIME)
    special = _special(document, await _holidays(connection))
    calendar = Calendar(week_in(document), tuple(sorted(special.items())))
    if not opens_within_a_year(calendar, now.astimezone(ZONE).date()):
        raise InvalidInput.at(
            "body", "这份日历今后一年内没有任何营业时间，时限无法计算。请至少开放一个时段。", "never_open"
        )
    version = await connection.fetchval(_PUBLISH, point, _json(document), _json(days_out(special)), by, now)
    return _out(point, version, document, special, now)


async def follow_holidays(connection: asyncpg.Connection, *, by: str, now: datetime) -> None:
    """Publish anew what other holidays change. Errors: invalid_input when one of them would never open again."""
    holidays = await _holidays(connection)
    for row in await connection.fetch(_NEWEST):
        if _special(row["document"], holidays) != days_in(row["special"]):
            await publish(connection, row["service_point_id"], row["document"], by, now)


def _special(document: Mapping[str, Any], holidays: dict[date, int | None]) -> dict[date, Day]:
    """What somebody entered for a day stands above what the State Council says of it."""
    followed = holidays if document["follows_holidays"] else {}
    return special_days(week_in(document), followed) | exceptions_in(document)


async def _holidays(connection: asyncpg.Connection) -> dict[date, int | None]:
    return {row["day"]: row["works_as"] for row in await connection.fetch(_HOLIDAYS)}


def _day(spans: list[HoursIn]) -> Day:
    return tuple(Hours(span.hours.since * 60, span.hours.until * 60) for span in spans)


def _out(
    point: UUID | None,
    version: int,
    document: Mapping[str, Any],
    special: Mapping[date, Day],
    published_at: datetime | None,
) -> CalendarOut:
    week = {name: _spans(day) for name, day in zip(WEEK, week_in(document), strict=True)}
    return CalendarOut(
        service_point_id=point,
        version=version,
        **week,
        special=[SpecialDayOut(day=day, spans=_spans(hours)) for day, hours in sorted(special.items())],
        follows_holidays=document["follows_holidays"],
        published_at=published_at,
    )


def _spans(day: Day) -> list[HoursOut]:
    return [HoursOut(start=_clock(hours.since), end=_clock(hours.until)) for hours in day]


def _clock(second: int) -> str:
    """An end past midnight is one of the next day, as it was entered; midnight itself is 24:00."""
    minutes = second // 60
    minutes -= 1440 if minutes > 1440 else 0
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _json(document: Mapping[str, Any]) -> str:
    return orjson.dumps(document).decode()

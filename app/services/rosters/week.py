"""The week of a service point: who works when, who is away, and which promised visits that leaves open."""

from datetime import date, timedelta

import asyncpg

from app.domain.actor import Actor
from app.models.visits import LIVE_VISITS
from app.schemas.rosters import AbsenceOut, EngineerWeek, HolidayOut, RosterOut, VisitHit, WeekOfPoint
from app.services.rosters.days import absence, between, day_of
from app.services.tickets.visible import of_points

_PEOPLE = f"""
SELECT e.id::text, s.name, p.name AS service_point, c.name AS contractor
  FROM engineers e JOIN staff s ON s.id = e.id AND s.active
  LEFT JOIN service_points p ON p.id = s.service_point_id LEFT JOIN contractors c ON c.id = s.contractor_id
 WHERE ($1::uuid IS NULL OR s.service_point_id = $1) AND {of_points("$2", "s.service_point_id")}
 ORDER BY p.name NULLS LAST, s.name, e.id LIMIT 300
"""
_DAYS = """
SELECT r.engineer_id::text, r.day, r.spans, r.max_visits, r.edited IS NOT NULL AS by_hand, h.name AS holiday
  FROM rosters r LEFT JOIN holidays h ON h.day = r.day
 WHERE r.engineer_id = ANY ($1::uuid[]) AND r.day BETWEEN $2 AND $3
"""
_AWAY = """
SELECT engineer_id::text, id, kind, lower(during) AS start, upper(during) AS end, reason FROM absences
 WHERE engineer_id = ANY ($1::uuid[]) AND cancelled_at IS NULL AND during && tstzrange($2, $3)
 ORDER BY lower(during), id
"""
# What he has promised for a time at which he is not there: a new plan is looked for until it is somebody else's.
_HIT = f"""
SELECT v.engineer_id::text, t.number, v.state, lower(v.promised) AS start, upper(v.promised) AS end
  FROM visits v JOIN tickets t ON t.id = v.ticket_id
  JOIN absences a ON a.engineer_id = v.engineer_id AND a.cancelled_at IS NULL AND a.during && v.planned
 WHERE v.engineer_id = ANY ($1::uuid[]) AND a.during && tstzrange($2, $3)
   AND {LIVE_VISITS.replace("state", "v.state")} AND v.departed_at IS NULL
 ORDER BY lower(v.planned)
"""
_HOLIDAYS = "SELECT day, name, works_as FROM holidays WHERE day BETWEEN $1 AND $2 ORDER BY day"


async def read_week(
    connection: asyncpg.Connection, service_point_id: str | None, monday: date, *, actor: Actor
) -> WeekOfPoint:
    """``monday`` and the six days after it; without a point, everybody whom the caller may see."""
    days = [monday + timedelta(days=n) for n in range(7)]
    people = await connection.fetch(_PEOPLE, service_point_id, actor.points)
    ids = [each["id"] for each in people]
    start, end = between(days[0], days[-1])
    worked: dict[tuple[str, date], RosterOut] = {
        (row["engineer_id"], row["day"]): day_of(row)
        for row in await connection.fetch(_DAYS, ids, days[0], days[-1])
    }
    away: dict[str, list[AbsenceOut]] = {}
    for row in await connection.fetch(_AWAY, ids, start, end):
        away.setdefault(row["engineer_id"], []).append(absence(row))
    hit: dict[str, list[VisitHit]] = {}
    for row in await connection.fetch(_HIT, ids, start, end):
        hit.setdefault(row["engineer_id"], []).append(visit_hit(row))
    return WeekOfPoint(
        days=days,
        holidays=[HolidayOut(**row) for row in await connection.fetch(_HOLIDAYS, days[0], days[-1])],
        engineers=[
            EngineerWeek(
                engineer_id=each["id"],
                name=each["name"],
                service_point=each["service_point"],
                contractor=each["contractor"],
                days=[worked.get((each["id"], day)) for day in days],
                absences=away.get(each["id"], []),
                visits=hit.get(each["id"], []),
            )
            for each in people
        ],
    )


async def visits_hit(
    connection: asyncpg.Connection, engineer_id: str, first: date, last: date
) -> list[VisitHit]:
    """Of one engineer, in these days."""
    return [visit_hit(row) for row in await connection.fetch(_HIT, [engineer_id], *between(first, last))]


def visit_hit(row: asyncpg.Record) -> VisitHit:
    return VisitHit(number=row["number"], state=row["state"], start=row["start"], end=row["end"])

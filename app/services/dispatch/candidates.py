"""The work rules, in SQL: which engineers may do a job at all, with their days as they stand.

Skill, licence, area and roster decide here, pass or fail; who is best among them is arithmetic (app.domain.dispatch).
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import asyncpg

from app.domain.dispatch.plan import Candidate, Job, Span, Stop
from app.domain.situation import Priority, Situation
from app.domain.travel import Point
from app.domain.zone import ZONE
from app.models.visits import LIVE_VISITS

HORIZON_DAYS = 5
# Nobody hoards: so many offers at a time, so many jobs accepted and not yet booked.
MOST_OPEN_OFFERS = 3
MOST_UNBOOKED = 4

_ENGINEERS = f"""
SELECT e.id, s.name, e.latitude, e.longitude, r.day, lower(r.shift) AS shift_start, upper(r.shift) AS shift_end,
       EXISTS (SELECT FROM ratings g WHERE g.engineer_id = e.id AND g.customer_id = $6::uuid
                  AND g.attitude + g.expertise + g.timeliness + g.conduct >= 16) AS last_good
  FROM engineers e
  JOIN staff s ON s.id = e.id AND s.active
  JOIN rosters r ON r.engineer_id = e.id AND r.day = ANY ($1::date[])
 WHERE e.skills @> ARRAY[$2::text] AND e.licences @> $3::text[] AND $4::text = ANY (e.areas)
   AND e.id <> ALL ($5::uuid[]) AND ($7::uuid IS NULL OR e.id = $7)
   AND (SELECT count(*) FROM offers o WHERE o.engineer_id = e.id AND o.state = 'open') < {MOST_OPEN_OFFERS}
   AND (SELECT count(*) FROM tickets t WHERE t.engineer_id = e.id AND t.state = 'accepted') < {MOST_UNBOOKED}
 ORDER BY e.id, r.day
"""

_STOPS = f"""
SELECT v.id, v.engineer_id, v.latitude, v.longitude, v.state, v.departed_at,
       lower(v.promised) AS window_start, upper(v.promised) AS window_end,
       lower(v.planned) AS planned_start, upper(v.planned) AS planned_end
  FROM visits v
 WHERE v.engineer_id = ANY ($1::uuid[]) AND v.planned && tstzrange($2, $3) AND {LIVE_VISITS}
 ORDER BY v.engineer_id, lower(v.planned)
"""

_POINT = "SELECT latitude, longitude FROM service_points WHERE id = $1::uuid"


@dataclass(frozen=True)
class Demand:
    """What a ticket asks of the field: where it is and for how long, and whom the work rules let go."""

    ticket: Situation
    job: Job
    days: tuple[date, ...]


async def demand(connection: asyncpg.Connection, s: Situation, now: datetime) -> Demand | None:
    """None when nobody knows where the job is: neither the address nor its branch has a position."""
    point = await _point(connection, s)
    if point is None:
        return None
    first = now.astimezone(ZONE).date()
    windows = tuple(Span.of(w.start, w.end) for w in s.preferred if w.end > now)
    job = Job(
        point=point,
        minutes=s.standard_minutes,
        earliest=int(now.timestamp()) + 30 * 60,
        due=int((now + timedelta(days=HORIZON_DAYS)).timestamp()),
        windows=windows,
        urgent=s.priority is not Priority.NORMAL,
    )
    return Demand(s, job, tuple(first + timedelta(days=i) for i in range(HORIZON_DAYS)))


async def candidates(
    connection: asyncpg.Connection, wanted: Demand, *, only: str | None = None, free_of_limits: bool = False
) -> dict[date, list[Candidate]]:
    """Who could come on which day. ``only`` asks for one engineer, who then may have declined before."""
    s = wanted.ticket
    statement = _ENGINEERS if not free_of_limits else _ENGINEERS.split("   AND (SELECT count(*)", 1)[0]
    rows = await connection.fetch(
        statement,
        wanted.days,
        s.required_skill,
        list(s.required_licences),
        s.address.district if s.address else "",
        [] if only else list(s.declined_by),
        s.customer_id,
        only,
    )
    stops = await _stops(connection, [row["id"] for row in rows], wanted.days)
    by_day: dict[date, list[Candidate]] = defaultdict(list)
    for row in rows:
        found = _candidate(row, stops[row["id"], row["day"]], wanted.job.earliest)
        if found is not None:
            by_day[row["day"]].append(found)
    return dict(by_day)


async def _point(connection: asyncpg.Connection, s: Situation) -> Point | None:
    if s.address and s.address.latitude is not None and s.address.longitude is not None:
        return Point(s.address.latitude, s.address.longitude)
    row = await connection.fetchrow(_POINT, s.service_point_id) if s.service_point_id else None
    return Point(row["latitude"], row["longitude"]) if row else None


async def _stops(
    connection: asyncpg.Connection, engineers: Sequence[object], days: tuple[date, ...]
) -> dict[tuple[object, date], tuple[Stop, ...]]:
    begin = datetime.combine(days[0], datetime.min.time(), ZONE)
    rows = await connection.fetch(_STOPS, list(set(engineers)), begin, begin + timedelta(days=len(days)))
    found: dict[tuple[object, date], tuple[Stop, ...]] = defaultdict(tuple)
    for row in rows:
        found[row["engineer_id"], row["planned_start"].astimezone(ZONE).date()] += (stop(row),)
    return found


def stop(row: asyncpg.Record) -> Stop:
    planned = Span.of(row["planned_start"], row["planned_end"])
    return Stop(
        visit_id=str(row["id"]),
        point=Point(row["latitude"], row["longitude"]),
        window=Span.of(row["window_start"], row["window_end"]),
        planned=planned,
        minutes=(planned.end - planned.start) // 60,
        frozen=row["departed_at"] is not None,
    )


def _candidate(row: asyncpg.Record, stops: tuple[Stop, ...], earliest: int) -> Candidate | None:
    shift = Span.of(row["shift_start"], row["shift_end"])
    if shift.end <= earliest:
        return None
    return Candidate(
        engineer_id=str(row["id"]),
        name=row["name"],
        home=Point(row["latitude"], row["longitude"]),
        shift=shift,
        stops=stops,
        last_good=row["last_good"],
    )

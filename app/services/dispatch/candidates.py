"""The work rules, in SQL: which engineers may do a job at all, with their days as they stand.

Skill, licence, area and roster decide here, pass or fail; who is best among them is arithmetic (app.domain.dispatch).
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import asyncpg

from app.domain.contact_hours import ContactHours
from app.domain.dispatch.plan import Candidate, Job, Span
from app.domain.situation import Situation
from app.domain.travel import Point
from app.domain.zone import ZONE
from app.services.dispatch.rules import Sought, expires, last_good, may_do
from app.services.dispatch.weeks import FINGERPRINT, WEEKS
from app.services.urgings.raised import pressing

HORIZON_DAYS = 5
# Nobody hoards: so many offers at a time, so many jobs accepted and not yet booked.
MOST_OPEN_OFFERS = 3
MOST_UNBOOKED = 4

_SOUGHT = Sought(
    skill="$2::text",
    licences="$3::text[]",
    district="$4::text",
    customer="$6::uuid",
    day="($1::date[])[2]",
    service="$9::text",
    warranty="$10::text",
)
_ENGINEERS = f"""
SELECT e.id::text, {FINGERPRINT} AS fingerprint,
       {expires("e", _SOUGHT.licences)} AS licensed_until,
       coalesce(e.id = ({last_good(_SOUGHT)}), FALSE) AS last_good
  FROM engineers e
  JOIN staff s ON s.id = e.id AND s.active
 WHERE {may_do("e", _SOUGHT)}
   AND e.id <> ALL ($5::uuid[]) AND ($7::uuid[] IS NULL OR e.id = ANY ($7))
   AND ($11::uuid IS NULL OR s.contractor_id = $11)
   AND ($8 OR (SELECT count(*) FROM offers o WHERE o.engineer_id = e.id AND o.state = 'open') < {MOST_OPEN_OFFERS}
          AND (SELECT count(*) FROM tickets t WHERE t.engineer_id = e.id AND t.state = 'accepted') < {MOST_UNBOOKED})
 ORDER BY e.id
"""

_HOURS = "SELECT preferences->'contact_hours' FROM customers WHERE id = $1::uuid"
_POINT = "SELECT latitude, longitude FROM service_points WHERE id = $1::uuid"


@dataclass(frozen=True)
class Demand:
    """What a ticket asks of the field: where it is and for how long, and whom the work rules let go."""

    ticket: Situation
    job: Job
    days: tuple[date, ...]
    now: datetime


async def demand(connection: asyncpg.Connection, s: Situation, now: datetime) -> Demand | None:
    """None when nobody knows where the job is: neither the address nor its branch has a position."""
    point = await _point(connection, s)
    if point is None:
        return None
    first = now.astimezone(ZONE).date()
    windows = tuple(Span.of(w.start, w.end) for w in s.preferred if w.end > now)
    hours = ContactHours.read(await connection.fetchval(_HOURS, s.customer_id) or ())
    job = Job(
        point=point,
        minutes=s.standard_minutes,
        earliest=int(now.timestamp()) + 30 * 60,
        due=int((now + timedelta(days=HORIZON_DAYS)).timestamp()),
        windows=windows,
        at_home=tuple(Span.of(w.start, w.end) for w in hours.on(first, HORIZON_DAYS)),
        urgent=await pressing(connection, s),
    )
    return Demand(s, job, tuple(first + timedelta(days=i) for i in range(HORIZON_DAYS)), now)


async def candidates(
    connection: asyncpg.Connection,
    wanted: Demand,
    *,
    only: Collection[str] | None = None,
    of_contractor: str | None = None,
    free_of_limits: bool = False,
) -> list[Candidate]:
    """Who could come, once for each of his working spans. ``only`` names engineers, who may have declined."""
    s = wanted.ticket
    days = (wanted.days[0] - timedelta(days=1), *wanted.days)
    rows = await connection.fetch(
        _ENGINEERS,
        days,
        s.required_skill,
        list(s.required_licences),
        s.address.district if s.address else "",
        [] if only else list(s.declined_by),
        s.customer_id,
        None if only is None else list(only),
        free_of_limits,
        s.service_type,
        s.warranty,
        of_contractor,
    )
    weeks = await WEEKS.of(connection, {row["id"]: row["fingerprint"] for row in rows}, days)
    return [
        replace(span, last_good=True) if row["last_good"] else span
        for row in rows
        for span in weeks[row["id"]]
        if span.shift.end > wanted.job.earliest and span.days[0] <= row["licensed_until"]
    ]


def by_day(found: Iterable[Candidate], days: Sequence[date]) -> dict[date, list[Candidate]]:
    """A span is of each day that it touches."""
    touched: dict[date, list[Candidate]] = {day: [] for day in days}
    for candidate in found:
        for day in candidate.days:
            if day in touched:
                touched[day].append(candidate)
    return touched


async def _point(connection: asyncpg.Connection, s: Situation) -> Point | None:
    if s.address and s.address.latitude is not None and s.address.longitude is not None:
        return Point(s.address.latitude, s.address.longitude)
    row = await connection.fetchrow(_POINT, s.service_point_id) if s.service_point_id else None
    return Point(row["latitude"], row["longitude"]) if row else None

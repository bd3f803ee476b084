"""What an engineer has before him: offers that wait for his word, visits in order, jobs without an appointment."""

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

import asyncpg

from app.domain.lifecycle import State
from app.domain.situation import PRIORITY_LABELS, Priority
from app.domain.travel import Point, minutes
from app.domain.zone import ZONE
from app.models.visits import LIVE_VISITS
from app.services.tickets.present import label
from app.services.visits.gone import AT_WORK, Gone, gone_since, what

_JOBS = f"""
SELECT t.number, t.state, t.category, t.service_type, t.priority, t.fault, t.address->>'district' AS district,
       CASE WHEN t.state <> 'offered' THEN t.address->>'detail' END AS detail, t.promised_at, o.expires_at,
       lower(v.promised) AS starts, upper(v.promised) AS ends, lower(v.planned) AS planned,
       v.accompanies IS NOT NULL AS helps, v.latitude, v.longitude, changed.event AS changed
  FROM (SELECT t.id, NULL::bigint AS visit FROM tickets t WHERE t.engineer_id = $1::uuid AND t.state IN ({AT_WORK})
        UNION
        SELECT w.ticket_id, w.id FROM visits w WHERE w.engineer_id = $1::uuid AND w.accompanies IS NOT NULL
           AND w.{LIVE_VISITS}
        UNION
        SELECT f.ticket_id, NULL FROM offers f
         WHERE f.engineer_id = $1::uuid AND f.state = 'open' AND f.expires_at > $2) mine
  JOIN tickets t ON t.id = mine.id
  LEFT JOIN offers o ON o.id = t.offer_id AND o.state = 'open' AND t.state = 'offered'
  LEFT JOIN visits v ON v.id = coalesce(mine.visit, t.visit_id) AND v.{LIVE_VISITS}
  LEFT JOIN LATERAL (SELECT e.event FROM ticket_events e
                      WHERE e.ticket_id = t.id AND e.at >= $3 AND e.event = ANY ($4::text[])
                        AND e.actor_id IS DISTINCT FROM $1::text
                      ORDER BY e.seq DESC LIMIT 1) changed ON TRUE
 WHERE t.state <> 'offered' OR o.engineer_id = $1::uuid
 ORDER BY o.expires_at, lower(v.planned), t.id LIMIT 200
"""
_HOME = "SELECT latitude, longitude FROM engineers WHERE id = $1::uuid"
# What others may have changed in a day that was looked at in the morning, as it is told on the list.
_CHANGES = {
    "book": "新约好",
    "rebook": "时间已改",
    "replanned": "行程有调整",
    "crew": "上门人数有变",
    "visit_declined": "客户时间有变",
}
# A day is looked at when it begins.
_MORNING = time(6)
# From here on he is under way with it: it is what he has to do now.
_UNDER_WAY = frozenset({State.EN_ROUTE, State.ON_SITE, State.QUOTE_PENDING, State.IN_REPAIR})


@dataclass(frozen=True)
class Job:
    """``travel_minutes`` is the way from the visit before it, or from where the day begins; ``changed`` says what is
    different since the morning."""

    number: str
    state: State
    label: str
    what: str
    priority: Priority
    priority_label: str
    fault: str
    where: str
    expires_at: datetime | None
    starts: datetime | None
    ends: datetime | None
    planned: datetime | None
    helps: bool
    place: Point | None
    changed: str
    travel_minutes: int | None = None


@dataclass(frozen=True)
class MyDay:
    """``now`` is the visit that he is at, or has to go to next; it is one of ``visits``, which are today's."""

    offers: list[Job]
    now: Job | None
    visits: list[Job]
    later: list[Job]
    others: list[Job]
    gone: list[Gone]


async def my_day(connection: asyncpg.Connection, engineer_id: str, now: datetime) -> MyDay:
    today, morning = now.astimezone(ZONE).date(), morning_of(now)
    rows = await connection.fetch(_JOBS, engineer_id, now, morning, list(_CHANGES))
    jobs = [_job(row) for row in rows]
    agreed = [job for job in jobs if not job.expires_at and job.starts]
    visits = [job for job in agreed if job.starts and job.starts.astimezone(ZONE).date() <= today]
    home = await connection.fetchrow(_HOME, engineer_id)
    visits = _along(visits, _place(home) if home else None, now)
    return MyDay(
        offers=[job for job in jobs if job.expires_at],
        now=next((job for job in visits if job.state in _UNDER_WAY), visits[0] if visits else None),
        visits=visits,
        later=[job for job in agreed if job.starts and job.starts.astimezone(ZONE).date() > today],
        others=[job for job in jobs if not job.expires_at and not job.starts],
        gone=await gone_since(connection, engineer_id, morning),
    )


def morning_of(now: datetime) -> datetime:
    """When this day of work began; somebody of the night is still at the day before."""
    here = now.astimezone(ZONE)
    day = here.date() if here.time() >= _MORNING else here.date() - timedelta(days=1)
    return datetime.combine(day, _MORNING, ZONE)


def _along(visits: list[Job], here: Point | None, now: datetime) -> list[Job]:
    """Each with the minutes on the way to it; nobody travels to where he is."""
    found: list[Job] = []
    for job in visits:
        leaving = int((job.planned or now).timestamp())
        on_the_way = here and job.place and job.state is State.SCHEDULED
        way = round(minutes(here, job.place, leaving)) if here and job.place and on_the_way else None
        found.append(replace(job, travel_minutes=way))
        here = job.place or here
    return found


def _job(row: asyncpg.Record) -> Job:
    priority = Priority(row["priority"])
    return Job(
        number=row["number"],
        state=State(row["state"]),
        label=label(State(row["state"]), staff=True, with_us=False),
        what=what(row),
        priority=priority,
        priority_label=PRIORITY_LABELS[priority],
        fault=row["fault"],
        where=f"{row['district'] or ''}{row['detail'] or ''}",
        expires_at=row["expires_at"],
        starts=row["starts"],
        ends=row["ends"],
        planned=row["planned"],
        helps=row["helps"],
        place=_place(row),
        changed=_CHANGES.get(row["changed"] or "", ""),
    )


def _place(row: asyncpg.Record) -> Point | None:
    if row["latitude"] is None or row["longitude"] is None:
        return None
    return Point(row["latitude"], row["longitude"])

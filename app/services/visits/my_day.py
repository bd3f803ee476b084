"""What an engineer has before him: offers that wait for his word, visits in order, jobs without an appointment."""

from dataclasses import dataclass
from datetime import datetime

import asyncpg

from app.domain.lifecycle import State
from app.domain.situation import PRIORITY_LABELS, SERVICE_LABELS, Priority, ServiceType
from app.models.visits import LIVE_VISITS
from app.services.tickets.present import label

_AT_WORK = ", ".join(
    f"'{state}'"
    for state in (
        State.ACCEPTED,
        State.SCHEDULED,
        State.EN_ROUTE,
        State.ON_SITE,
        State.QUOTE_PENDING,
        State.IN_REPAIR,
        State.WAITING_PARTS,
        State.SUSPENDED,
        State.UNRESOLVED,
    )
)
_JOBS = f"""
SELECT t.number, t.state, t.category, t.service_type, t.priority, t.fault, t.address->>'district' AS district,
       CASE WHEN t.state <> 'offered' THEN t.address->>'detail' END AS detail, t.promised_at, o.expires_at,
       lower(v.promised) AS starts, upper(v.promised) AS ends, lower(v.planned) AS planned,
       v.accompanies IS NOT NULL AS helps
  FROM (SELECT t.id, NULL::bigint AS visit FROM tickets t WHERE t.engineer_id = $1::uuid AND t.state IN ({_AT_WORK})
        UNION
        SELECT w.ticket_id, w.id FROM visits w WHERE w.engineer_id = $1::uuid AND w.accompanies IS NOT NULL
           AND w.{LIVE_VISITS}
        UNION
        SELECT f.ticket_id, NULL FROM offers f
         WHERE f.engineer_id = $1::uuid AND f.state = 'open' AND f.expires_at > $2) mine
  JOIN tickets t ON t.id = mine.id
  LEFT JOIN offers o ON o.id = t.offer_id AND o.state = 'open' AND t.state = 'offered'
  LEFT JOIN visits v ON v.id = coalesce(mine.visit, t.visit_id) AND v.{LIVE_VISITS}
 WHERE t.state <> 'offered' OR o.engineer_id = $1::uuid
 ORDER BY o.expires_at, lower(v.planned), t.id LIMIT 200
"""


@dataclass(frozen=True)
class Job:
    number: str
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


@dataclass(frozen=True)
class MyDay:
    offers: list[Job]
    visits: list[Job]
    others: list[Job]


async def my_day(connection: asyncpg.Connection, engineer_id: str, now: datetime) -> MyDay:
    jobs = [_job(row) for row in await connection.fetch(_JOBS, engineer_id, now)]
    return MyDay(
        offers=[job for job in jobs if job.expires_at],
        visits=[job for job in jobs if not job.expires_at and job.starts],
        others=[job for job in jobs if not job.expires_at and not job.starts],
    )


def _job(row: asyncpg.Record) -> Job:
    priority = Priority(row["priority"])
    return Job(
        number=row["number"],
        label=label(State(row["state"]), staff=True, with_us=False),
        what=f"{row['category']}{SERVICE_LABELS[ServiceType(row['service_type'])]}",
        priority=priority,
        priority_label=PRIORITY_LABELS[priority],
        fault=row["fault"],
        where=f"{row['district'] or ''}{row['detail'] or ''}",
        expires_at=row["expires_at"],
        starts=row["starts"],
        ends=row["ends"],
        planned=row["planned"],
        helps=row["helps"],
    )

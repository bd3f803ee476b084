"""How many urgings were answered in time, by who owed the answer; in the period in which it was due."""

from collections import defaultdict
from datetime import datetime

import asyncpg

from app.domain.figures import share
from app.domain.period import Period
from app.schemas.urgings import UrgingFigureOut, UrgingReport
from app.services.kpi.report import figure_out

# What lapsed with the job before it was due is nobody's; what is open and due is not answered.
_DUTIES = """
SELECT u.owner_id::text AS engineer, CASE WHEN u.owner_id IS NULL THEN t.service_point_id::text END AS point,
       coalesce(s.name, p.name || '客服', '客服') AS name,
       coalesce(u.answered_at <= u.due_at, FALSE) AS in_time, u.escalated_at IS NOT NULL AS escalated
  FROM urgings u JOIN tickets t ON t.id = u.ticket_id
  LEFT JOIN staff s ON s.id = u.owner_id
  LEFT JOIN service_points p ON p.id = t.service_point_id AND u.owner_id IS NULL
 WHERE u.due_at >= $1 AND u.due_at < $2
   AND coalesce(u.lapsed_at > u.due_at, u.answered_at IS NOT NULL OR u.due_at < $3)
 ORDER BY u.due_at
"""

Key = tuple[str | None, str | None, str]


async def report_urgings(connection: asyncpg.Connection, period: Period, *, now: datetime) -> UrgingReport:
    duties: dict[Key, list[asyncpg.Record]] = defaultdict(list)
    for row in await connection.fetch(_DUTIES, period.begin, period.end, now):
        duties[row["engineer"], row["point"], row["name"]].append(row)
    every = [row["in_time"] for rows in duties.values() for row in rows]
    items = [_out(key, duties[key], every) for key in sorted(duties, key=lambda key: key[2])]
    return UrgingReport(period=period.name, items=items)


def _out(key: Key, rows: list[asyncpg.Record], every: list[bool]) -> UrgingFigureOut:
    engineer, point, name = key
    return UrgingFigureOut(
        engineer_id=engineer,
        service_point_id=point,
        name=name,
        answered_in_time=figure_out(share([row["in_time"] for row in rows], every)),
        escalated=sum(row["escalated"] for row in rows),
    )

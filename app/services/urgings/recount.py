"""The urgings answered in time, once more and in another way: by the database alone, without a line of app.domain."""

from dataclasses import dataclass
from datetime import datetime

import asyncpg

from app.domain.period import Period
from app.services.urgings.figures import report_urgings

_COUNT = """
SELECT coalesce(u.owner_id::text, 'desk ' || coalesce(t.service_point_id::text, '')) AS who,
       count(*) AS n, count(u.answered_at) FILTER (WHERE u.answered_at <= u.due_at) AS total
  FROM urgings u JOIN tickets t ON t.id = u.ticket_id
 WHERE u.due_at >= $1 AND u.due_at < $2
   AND CASE WHEN u.answered_at IS NOT NULL THEN TRUE
            WHEN u.lapsed_at IS NOT NULL THEN u.lapsed_at > u.due_at
            ELSE u.due_at < $3 END
 GROUP BY 1
"""


@dataclass(frozen=True)
class UrgingDifference:
    """``reported`` and ``counted`` are the number of cases and how many of them were answered in time."""

    who: str
    reported: tuple[int, int]
    counted: tuple[int, int]


async def recount_urgings(
    connection: asyncpg.Connection, period: Period, now: datetime
) -> tuple[int, list[UrgingDifference]]:
    """How many figures were compared, and those that differ."""
    rows = await connection.fetch(_COUNT, period.begin, period.end, now)
    counted = {row["who"]: (row["n"], row["total"]) for row in rows}
    reported = {}
    for item in (await report_urgings(connection, period, now=now)).items:
        who = item.engineer_id or f"desk {item.service_point_id or ''}"
        figure = item.answered_in_time
        reported[who] = (figure.n, round((figure.value or 0.0) * figure.n))
    nothing = (0, 0)
    every = sorted(counted.keys() | reported.keys())
    found = [UrgingDifference(who, reported.get(who, nothing), counted.get(who, nothing)) for who in every]
    return len(every), [each for each in found if each.reported != each.counted]

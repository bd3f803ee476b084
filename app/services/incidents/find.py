"""Look for bursts among what came within the hour: one statement for all keys, the arithmetic in the domain."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import asyncpg

from app.domain.incidents.background import FIRST, LAST
from app.domain.incidents.burst import LEAST, WINDOW, Burst, judge
from app.models.incidents import LIVE_INCIDENTS
from app.services.incidents.counted import COUNTS, key

# Customers are counted, not tickets: whoever reports twice, or whose report was split, is one. What belongs to an
# incident already, or belonged to one that was accepted, is neither a new burst nor usual. The past is read for those
# keys alone that have enough customers now, which are few. Its hours end on the minute of the hour that is looked at.
_LOUD = f"""
WITH loud AS (
    SELECT t.category, t.diagnosis->>'fault' AS fault, t.service_point_id, count(DISTINCT t.customer_id) AS observed,
           min(t.created_at) AS since, array_agg(t.id ORDER BY t.id) AS tickets
      FROM tickets t
     WHERE t.created_at > $1::timestamptz - $2::interval AND t.created_at <= $1 AND {COUNTS}
       AND NOT EXISTS (SELECT FROM incident_tickets x
                        WHERE x.ticket_id = t.id AND x.outcome IS DISTINCT FROM 'detached')
     GROUP BY 1, 2, 3 HAVING count(DISTINCT t.customer_id) >= $3
), candidates AS (
    SELECT l.* FROM loud l
     WHERE NOT EXISTS (
        SELECT FROM incidents i
         WHERE (i.{LIVE_INCIDENTS} OR i.silent_until > $1) AND i.category = l.category AND i.fault = l.fault
           AND i.service_point_id IS NOT DISTINCT FROM l.service_point_id)
), past AS (
    SELECT c.category, c.fault, c.service_point_id, age.hours, count(DISTINCT t.customer_id) AS customers
      FROM candidates c
      JOIN tickets t ON {key("t", "c")}
     CROSS JOIN LATERAL (SELECT floor(extract(epoch FROM $1 - t.created_at) / 3600)::int AS hours) age
     WHERE t.created_at > $1 - $4::interval AND t.created_at <= $1 - $5::interval AND {COUNTS}
       AND NOT EXISTS (SELECT FROM incident_tickets x
                        WHERE x.ticket_id = t.id AND x.outcome IN ('moved', 'stayed', 'over'))
     GROUP BY 1, 2, 3, 4
)
SELECT c.*, p.name AS area,
       (SELECT jsonb_agg(jsonb_build_array(b.hours, b.customers)) FROM past b
         WHERE b.category = c.category AND b.fault = c.fault
           AND b.service_point_id IS NOT DISTINCT FROM c.service_point_id) AS past,
       (SELECT count(*) FROM (SELECT DISTINCT t.category, t.diagnosis->>'fault', t.service_point_id FROM tickets t
                               WHERE t.created_at > $1 - $4::interval AND {COUNTS}) every) AS keys
  FROM candidates c LEFT JOIN service_points p ON p.id = c.service_point_id
"""
_SINCE, _UNTIL = timedelta(hours=LAST + 1), timedelta(hours=FIRST)


@dataclass(frozen=True)
class Key:
    category: str
    fault: str
    service_point_id: str | None
    # The service point's name, for people.
    area: str


@dataclass(frozen=True)
class Found:
    key: Key
    burst: Burst
    since: datetime
    tickets: Sequence[int]


async def find_bursts(connection: asyncpg.Connection, now: datetime) -> list[Found]:
    """Keys on which more customers came than chance can bring; those with an incident of their own are not asked."""
    rows = await connection.fetch(_LOUD, now, WINDOW, LEAST, _SINCE, _UNTIL)
    found = []
    for row in rows:
        past: dict[int, int] = dict(row["past"] or ())
        burst = judge(row["observed"], past, now, keys=row["keys"])
        if burst is not None:
            found.append(Found(_key(row), burst, row["since"], row["tickets"]))
    return found


def _key(row: asyncpg.Record) -> Key:
    point = row["service_point_id"]
    return Key(
        row["category"], row["fault"], None if point is None else str(point), row["area"] or "不限区域"
    )

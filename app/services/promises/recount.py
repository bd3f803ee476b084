"""The promises that were kept, once more and in another way: by the database alone, without a line of app.domain.

What the two ways disagree upon is a mistake in one of them, so both must never share a helper.
"""

from dataclasses import dataclass
from datetime import datetime

import asyncpg

from app.domain.period import Period
from app.services.promises.figures import report_promises

# Each step begins with a promise of another name, with a rebooking by the customer, or after the job had ended.
_COUNT = """
WITH made AS (
    SELECT p.*, max(p.seq) FILTER (WHERE p.first_seq = p.seq) OVER (PARTITION BY p.ticket_id ORDER BY p.seq) AS run
      FROM promises p
), runs AS (
    SELECT ticket_id, run, min(step) AS step, (array_agg(promised_at ORDER BY seq))[1] AS first,
           (array_agg(promised_at ORDER BY seq DESC))[1] AS last, max(seq) AS last_seq
      FROM made GROUP BY ticket_id, run
), ends AS (
    SELECT r.*, t.service_point_id::text AS point,
           (SELECT min(e.seq) FROM ticket_events e WHERE e.ticket_id = r.ticket_id AND e.seq > r.last_seq
               AND (e.seq IN (SELECT m.seq FROM promises m WHERE m.ticket_id = r.ticket_id)
                    OR e.state IN ('closed', 'cancelled', 'rejected', 'merged'))) AS end_seq
      FROM runs r JOIN tickets t ON t.id = r.ticket_id
     WHERE r.step <> 'customer' AND r.first >= $1 AND r.first < $2
), judged AS (
    SELECT n.point, n.first, n.last, e.at AS ended,
           CASE WHEN e.event IN ('cancel', 'merge', 'suspend', 'no_access') THEN 'void'
                WHEN e.event = 'rebook' AND e.actor_role = 'customer' THEN 'void'
                WHEN n.step = 'response' AND e.actor_role = 'system' THEN 'void'
                WHEN n.step = 'work' AND e.event = 'quote' THEN 'void'
                WHEN (n.step, e.event) IN (
                    ('response', 'triage'), ('response', 'resolve_remote'), ('response', 'ask_info'),
                    ('response', 'reject'), ('response', 'message'), ('solve', 'resolve_remote'), ('solve', 'reject'),
                    ('solve', 'triage'), ('assign', 'accept'), ('assign', 'claim'), ('book', 'book'),
                    ('visit', 'arrive'), ('inspect', 'quote'), ('inspect', 'start'), ('inspect', 'need_parts'),
                    ('inspect', 'fail'), ('review', 'quote_reviewed'), ('review', 'revise_quote'), ('work', 'finish'),
                    ('parts', 'parts_ready'), ('resume', 'resume'), ('call_back', 'follow_up'),
                    ('call_back', 'accept_fail')) THEN 'done'
                ELSE 'not_done' END AS how
      FROM ends n LEFT JOIN ticket_events e ON e.ticket_id = n.ticket_id AND e.seq = n.end_seq
), both_ways AS (
    SELECT j.point, w.measure, j.how = 'done' AND j.ended <= w.promised AS kept
      FROM judged j CROSS JOIN LATERAL (VALUES ('first_kept', j.first), ('last_kept', j.last)) AS w (measure, promised)
     WHERE CASE WHEN j.ended IS NULL THEN w.promised < $3 ELSE j.ended > w.promised OR j.how <> 'void' END
)
SELECT point, measure, grouping(point) = 1 AS house, count(*) AS n, count(*) FILTER (WHERE kept) AS total
  FROM both_ways GROUP BY GROUPING SETS ((point, measure), (measure))
"""


@dataclass(frozen=True)
class PromiseDifference:
    """``reported`` and ``counted`` are the number of cases and how many of them were kept; no point is the house."""

    service_point_id: str | None
    measure: str
    reported: tuple[int, int]
    counted: tuple[int, int]


async def recount_promises(
    connection: asyncpg.Connection, period: Period, now: datetime
) -> tuple[int, list[PromiseDifference]]:
    """How many figures were compared, and those that differ."""
    counted = await _count(connection, period, now)
    found, compared = [], 0
    for item in (await report_promises(connection, period, now=now)).items:
        for measure, figure in (("first_kept", item.first_kept), ("last_kept", item.last_kept)):
            compared += 1
            told = (figure.n, round((figure.value or 0.0) * figure.n))
            plain = counted.get((item.service_point_id, measure), (0, 0))
            if told != plain:
                found.append(PromiseDifference(item.service_point_id, measure, told, plain))
    return compared, found


async def _count(
    connection: asyncpg.Connection, period: Period, now: datetime
) -> dict[tuple[str | None, str], tuple[int, int]]:
    rows = await connection.fetch(_COUNT, period.begin, period.end, now)
    # Tickets of no branch count for the house alone.
    return {
        (row["point"], row["measure"]): (row["n"], row["total"])
        for row in rows
        if row["house"] or row["point"] is not None
    }

"""The figures of the desk once more: counted by the database, without a line of app.domain."""

from collections.abc import Iterator

import asyncpg

from app.domain.kpi.desk import AgentKpi, compute_desk
from app.domain.period import Period
from app.services.kpi.desk import AGENTS, gather_desk
from app.services.kpi.recount import Difference

_MEASURES = {
    "reached": """
SELECT agent_id::text AS who, count(*) AS n, count(*) FILTER (WHERE outcome = 'reached') AS total
  FROM follow_up_calls WHERE at >= $1 AND at < $2 GROUP BY 1
""",
    "called_in_time": """
SELECT k.agent_id::text AS who, count(*) AS n, count(*) FILTER (WHERE NOT k.at > f.due_at) AS total
  FROM follow_ups f, follow_up_calls k
 WHERE k.follow_up_id = f.id AND k.attempt = 1 AND k.at >= $1 AND k.at < $2 GROUP BY 1
""",
    "complaints_solved": """
SELECT owner_id::text AS who, count(*) AS n, count(*) FILTER (WHERE outcome = 'solved') AS total
  FROM complaint_cases WHERE state = 'closed' AND closed_at >= $1 AND closed_at < $2 GROUP BY 1
""",
    "complaints_in_time": """
SELECT owner_id::text AS who, count(*) AS n, count(*) - count(escalated_at) AS total
  FROM complaint_cases WHERE state = 'closed' AND closed_at >= $1 AND closed_at < $2 GROUP BY 1
""",
    "remote_response_rate": """
SELECT e.actor_id AS who, count(*) AS n, count(*) FILTER (WHERE EXISTS (
           SELECT FROM ratings r WHERE r.ticket_id = e.ticket_id AND r.engineer_id IS NULL
              AND NOT EXISTS (SELECT FROM completions l WHERE l.ticket_id = e.ticket_id AND l.seq > e.seq))) AS total
  FROM ticket_events e
 WHERE e.event = 'resolve_remote'
   AND EXISTS (SELECT FROM completions c WHERE c.ticket_id = e.ticket_id AND c.seq = e.seq
                  AND c.finished_at >= $1 AND c.finished_at < $2)
   AND EXISTS (SELECT FROM tickets t WHERE t.id = e.ticket_id AND t.created_by = t.customer_id::text)
 GROUP BY 1
""",
}
_STARS = """
SELECT e.actor_id AS who, count(*) AS n, sum(r.{0}) AS total
  FROM ratings r JOIN tickets t ON t.id = r.ticket_id AND t.created_by = t.customer_id::text
  JOIN ticket_events e ON e.ticket_id = r.ticket_id AND e.event = 'resolve_remote'
   AND e.seq = (SELECT max(c.seq) FROM completions c WHERE c.ticket_id = r.ticket_id)
  JOIN completions c ON c.ticket_id = e.ticket_id AND c.seq = e.seq AND c.finished_at >= $1 AND c.finished_at < $2
 WHERE r.engineer_id IS NULL GROUP BY 1
"""
_STATEMENTS = _MEASURES | {
    f"stars_{each}": _STARS.format(each) for each in ("attitude", "expertise", "timeliness", "conduct")
}


async def recount_desk(connection: asyncpg.Connection, period: Period) -> tuple[int, list[Difference]]:
    """How many figures were compared, and those that differ."""
    agents = [row["id"] for row in await connection.fetch(AGENTS)]
    counted = {}
    for measure, statement in _STATEMENTS.items():
        for row in await connection.fetch(statement, period.begin, period.end):
            counted[row["who"], measure] = (row["n"], float(row["total"]))
    found, compared = [], 0
    for kpi in compute_desk(await gather_desk(connection, period), period, agents):
        for measure, told in _told(kpi):
            compared += 1
            plain = counted.get((kpi.key, measure), (0, 0.0))
            if told[0] != plain[0] or abs(told[1] - plain[1]) > 1e-6:
                found.append(Difference(kpi.key, measure, told, plain))
    return compared, found


def _told(kpi: AgentKpi) -> Iterator[tuple[str, tuple[int, float]]]:
    figures = {f"stars_{dimension.value}": figure for dimension, figure in kpi.dimensions.items()}
    figures |= {name: getattr(kpi, name) for name in _MEASURES}
    for name, figure in figures.items():
        yield name, (figure.n, (figure.value or 0.0) * figure.n)

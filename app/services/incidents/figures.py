"""What an incident cost, computed from its rows: never written by hand into a review."""

from datetime import datetime

import asyncpg

from app.schemas.incidents import ImpactOut

# The first word that a customer hears from a person, or from the task force, after he reported.
_IMPACT = """
WITH attached AS (
    SELECT t.id, t.customer_id, t.created_at, x.outcome, x.ended_at
      FROM incident_tickets x JOIN tickets t ON t.id = x.ticket_id
     WHERE x.incident_id = $1 AND x.outcome IS DISTINCT FROM 'detached'
), answered AS (
    SELECT a.id, extract(epoch FROM min(e.at) - a.created_at)::float8 / 60 AS minutes
      FROM attached a JOIN ticket_events e ON e.ticket_id = a.id
     WHERE e.actor_role IN ('agent', 'manager', 'admin', 'engineer') OR e.event = 'incident_joined'
     GROUP BY a.id, a.created_at
)
SELECT count(*) AS tickets, count(DISTINCT customer_id) AS customers, min(created_at) AS first,
       count(*) FILTER (WHERE outcome = 'moved') AS moved, count(*) FILTER (WHERE outcome = 'stayed') AS stayed,
       count(*) FILTER (WHERE outcome = 'moved' AND EXISTS (
           SELECT FROM ticket_events e
            WHERE e.ticket_id = a.id AND e.at >= a.ended_at AND e.event IN ('dispute', 'reopen'))) AS not_solved,
       (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY minutes) FROM answered) AS first_response
  FROM attached a
"""


async def impact_of(connection: asyncpg.Connection, incident: asyncpg.Record) -> ImpactOut:
    """``incident`` is its row."""
    row = await connection.fetchrow(_IMPACT, incident["id"])
    first: datetime | None = row["first"]
    response = row["first_response"]
    return ImpactOut(
        tickets=row["tickets"],
        customers=row["customers"],
        moved=row["moved"],
        stayed=row["stayed"],
        not_solved=row["not_solved"],
        first_response_minutes=None if response is None else round(response, 1),
        minutes_to_acknowledge=_minutes(first, incident["accepted_at"]),
        minutes_to_mitigate=_minutes(first, incident["mitigated_at"]),
        minutes_to_resolve=_minutes(first, incident["resolved_at"]),
    )


def _minutes(since: datetime | None, until: datetime | None) -> float | None:
    if since is None or until is None:
        return None
    return round(max(0.0, (until - since).total_seconds()) / 60, 1)

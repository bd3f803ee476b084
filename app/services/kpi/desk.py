"""The figures of the desk, computed from calls, cases and what was solved from afar."""

import asyncpg

from app.domain.actor import Actor
from app.domain.kpi.desk import AgentKpi, Call, Complaint, DeskRows, RemoteJob, compute_desk
from app.domain.lifecycle import Role
from app.domain.period import Period
from app.domain.rating import Dimension, Scores
from app.schemas.kpi import AgentKpiOut, AgentReport
from app.services.kpi.report import figure_out

AGENTS = "SELECT id::text, name, points::text[] AS points FROM staff WHERE role IN ('agent', 'manager') ORDER BY id"
_CALLS = """
SELECT c.agent_id::text AS agent, c.outcome = 'reached' AS reached,
       CASE WHEN c.attempt = 1 THEN c.at <= f.due_at END AS in_time
  FROM follow_up_calls c JOIN follow_ups f ON f.id = c.follow_up_id
 WHERE c.at >= $1 AND c.at < $2
"""
_CASES = """
SELECT owner_id::text AS agent, outcome = 'solved' AS solved, escalated_at IS NULL AS in_time
  FROM complaint_cases WHERE closed_at >= $1 AND closed_at < $2 AND owner_id IS NOT NULL
"""
_REMOTE = """
SELECT e.actor_id AS agent, r.attitude, r.expertise, r.timeliness, r.conduct
  FROM completions c
  JOIN ticket_events e ON e.ticket_id = c.ticket_id AND e.seq = c.seq AND e.event = 'resolve_remote'
  JOIN tickets t ON t.id = c.ticket_id AND t.created_by = t.customer_id::text
  LEFT JOIN ratings r ON r.ticket_id = c.ticket_id AND r.engineer_id IS NULL
   AND c.seq = (SELECT max(l.seq) FROM completions l WHERE l.ticket_id = c.ticket_id)
 WHERE c.finished_at >= $1 AND c.finished_at < $2
"""


async def report_agents(connection: asyncpg.Connection, period: Period, *, actor: Actor) -> AgentReport:
    """Of all for managers (of some points: of their people), of himself for an agent."""
    people = {row["id"]: row for row in await connection.fetch(AGENTS)}
    rows = await gather_desk(connection, period)
    figures = compute_desk(rows, period, people)
    seen = [kpi for kpi in figures if kpi.key == actor.id or _may_see(actor, people[kpi.key])]
    return AgentReport(period=period.name, items=[_out(kpi, people[kpi.key]["name"]) for kpi in seen])


def _may_see(actor: Actor, person: asyncpg.Record) -> bool:
    """A manager of some service points sees who answers for nothing else."""
    if actor.role is Role.AGENT:
        return False
    return actor.points is None or (
        person["points"] is not None and all(map(actor.answers_for, person["points"]))
    )


async def gather_desk(connection: asyncpg.Connection, period: Period) -> DeskRows:
    calls = await connection.fetch(_CALLS, period.begin, period.end)
    cases = await connection.fetch(_CASES, period.begin, period.end)
    remote = await connection.fetch(_REMOTE, period.begin, period.end)
    return DeskRows(
        tuple(Call(**row) for row in calls),
        tuple(Complaint(**row) for row in cases),
        tuple(map(_remote, remote)),
    )


def _remote(row: asyncpg.Record) -> RemoteJob:
    given = row["attitude"], row["expertise"], row["timeliness"], row["conduct"]
    return RemoteJob(row["agent"], None if row["attitude"] is None else Scores(*given))


def _out(kpi: AgentKpi, name: str) -> AgentKpiOut:
    return AgentKpiOut(
        agent_id=kpi.key,
        name=name,
        reached=figure_out(kpi.reached),
        called_in_time=figure_out(kpi.called_in_time),
        complaints_solved=figure_out(kpi.complaints_solved),
        complaints_in_time=figure_out(kpi.complaints_in_time),
        remote_response_rate=figure_out(kpi.remote_response_rate),
        attitude=figure_out(kpi.dimensions[Dimension.ATTITUDE]),
        expertise=figure_out(kpi.dimensions[Dimension.EXPERTISE]),
        timeliness=figure_out(kpi.dimensions[Dimension.TIMELINESS]),
        conduct=figure_out(kpi.dimensions[Dimension.CONDUCT]),
    )

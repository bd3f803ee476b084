"""The share of promises that were kept, per service point: computed from what was promised and what happened."""

from datetime import datetime, timedelta

import asyncpg

from app.domain.actor import SYSTEM, Actor
from app.domain.lifecycle import ENDS
from app.domain.period import Period
from app.domain.promise.kept import Kept, PromiseFigures, figures
from app.domain.promise.steps import STEP_LABELS, Step
from app.schemas.promises import PromiseFiguresOut, PromiseReport, StepFigureOut
from app.services.kpi.report import figure_out

LATELY = timedelta(days=30)
_POINTS = "SELECT id::text AS id, name FROM service_points ORDER BY id"
# A step was left by the event that brought the first promise of another step, or ended the ticket.
_CASES = """
SELECT t.service_point_id::text AS service_point, f.step, f.promised_at AS first, l.promised_at AS last,
       n.at AS ended_at, coalesce(n.event, '') AS ended_by, coalesce(n.anew, FALSE) AS anew,
       coalesce(n.actor_role = 'system', FALSE) AS machine
  FROM promises f JOIN tickets t ON t.id = f.ticket_id
 CROSS JOIN LATERAL (SELECT p.seq, p.promised_at FROM promises p
                      WHERE p.ticket_id = f.ticket_id AND p.first_seq = f.seq ORDER BY p.seq DESC LIMIT 1) l
  LEFT JOIN LATERAL (
       SELECT e.at, e.event, e.actor_role, o.step = f.step AS anew
         FROM ticket_events e LEFT JOIN promises o ON o.ticket_id = e.ticket_id AND o.seq = e.seq
        WHERE e.ticket_id = f.ticket_id AND e.seq > l.seq AND (o.seq IS NOT NULL OR e.state = ANY ($3))
        ORDER BY e.seq LIMIT 1) n ON TRUE
 WHERE f.first_seq = f.seq AND f.step <> 'customer' AND f.promised_at >= $1 AND f.promised_at < $2
"""


async def report_promises(
    connection: asyncpg.Connection, period: Period, *, actor: Actor = SYSTEM, now: datetime
) -> PromiseReport:
    """Of the whole house, then of each service point, by whomever the job was done."""
    names = {row["id"]: row["name"] for row in await connection.fetch(_POINTS)}
    found = figures(await gather(connection, period), names, now)
    return PromiseReport(
        period=period.name,
        items=[_out(each, names) for each in found if actor.answers_for(each.service_point)],
    )


async def kept_lately(connection: asyncpg.Connection, now: datetime) -> tuple[PromiseFigures, ...]:
    """Of what was due in the last thirty days."""
    points = [row["id"] for row in await connection.fetch(_POINTS)]
    return figures(await gather(connection, Period(now - LATELY, now, "")), points, now)


async def gather(connection: asyncpg.Connection, period: Period) -> list[Kept]:
    rows = await connection.fetch(_CASES, period.begin, period.end, sorted(ENDS))
    return [Kept(**{**row, "step": Step(row["step"])}) for row in rows]


def _out(found: PromiseFigures, names: dict[str, str]) -> PromiseFiguresOut:
    point = found.service_point
    return PromiseFiguresOut(
        service_point_id=point,
        name="全公司" if point is None else names[point],
        first_kept=figure_out(found.first),
        last_kept=figure_out(found.last),
        moved=figure_out(found.moved),
        steps=[
            StepFigureOut(step=step, label=STEP_LABELS[step], first_kept=figure_out(figure))
            for step, figure in found.by_step
        ],
    )

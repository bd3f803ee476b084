"""The fault is gone, by the word of whoever worked on it; from then on a review is owed."""

from datetime import datetime

import asyncpg

from app.domain.actor import Actor
from app.domain.incidents.duties import review_due
from app.domain.incidents.life import Move
from app.models.incidents import EntryKind
from app.schemas.incidents import IncidentOut, ResolveIn
from app.services.incidents.case import hold, stage_after
from app.services.incidents.entries import Line, add_line
from app.services.incidents.read import read_incident

_RESOLVE = """
UPDATE incidents SET state = $2, solution = $3, resolved_at = $4, review_due_at = $5, wake_at = $5,
                     mitigated_at = coalesce(mitigated_at, $4), next_update_at = NULL
 WHERE id = $1
"""


async def resolve(
    connection: asyncpg.Connection, number: str, body: ResolveIn, *, actor: Actor, now: datetime
) -> IncidentOut:
    """The worker moves its tickets, one after the other; what cannot be moved stays with its owner."""
    held = await hold(connection, number, actor)
    stage = stage_after(held.incident, Move.RESOLVE)
    values = (stage.value, body.solution, now, review_due(now))
    await connection.execute(_RESOLVE, held.incident.id, *values)
    await add_line(
        connection, held.incident.id, Line(EntryKind.RESOLVED, body.solution), actor=actor, now=now
    )
    return await read_incident(connection, number, actor, now)

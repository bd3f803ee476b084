"""What is said about an incident: to all customers at once, or among staff."""

from datetime import datetime

import asyncpg
import orjson

from app.domain.actor import Actor
from app.domain.incidents.duties import next_update
from app.domain.incidents.life import AT_WORK, STAGE_LABELS, Move, Stage
from app.models.incidents import EntryKind
from app.schemas.incidents import BroadcastIn, IncidentOut, UpdateIn
from app.services.idempotency import Once
from app.services.incidents.case import Held, Incident, hold, must_be, stage_after
from app.services.incidents.entries import Line, add_line
from app.services.incidents.read import read_incident

# The word is the duty done: the clock of the next one begins.
_SAID = """
UPDATE incidents SET broadcast_n = $2, promised_at = coalesce($3, promised_at), next_update_at = $4, wake_at = $4
 WHERE id = $1
"""
_STAGE = """
UPDATE incidents SET state = $2,
       mitigated_at = CASE WHEN $2 = 'watching' THEN coalesce(mitigated_at, $3) ELSE mitigated_at END
 WHERE id = $1
"""


async def broadcast(
    connection: asyncpg.Connection, number: str, body: BroadcastIn, *, once: Once, now: datetime
) -> IncidentOut:
    """One text for all: the worker brings it to each ticket's timeline, and once to each customer's phone."""
    actor = once.actor
    held = await hold(connection, number, actor)
    if earlier := await once.earlier(connection, now):
        return IncidentOut.model_validate(earlier)
    must_be(held.incident, AT_WORK)
    await say_to_all(connection, held.incident, body.text, body.promised_at, actor=actor, now=now)
    return await _answered(connection, held, once, now)


async def say_to_all(
    connection: asyncpg.Connection,
    incident: Incident,
    text: str,
    promised_at: datetime | None,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """The incident is locked by the caller, and at work."""
    data = {"promised_at": orjson.loads(orjson.dumps(promised_at))}
    n = await add_line(connection, incident.id, Line(EntryKind.BROADCAST, text, data), actor=actor, now=now)
    await connection.execute(_SAID, incident.id, n, promised_at, next_update(incident.severity, now))


async def add_update(
    connection: asyncpg.Connection, number: str, body: UpdateIn, *, once: Once, now: datetime
) -> IncidentOut:
    """A note among staff; with ``stage``, how far the work has come."""
    held = await hold(connection, number, once.actor)
    if earlier := await once.earlier(connection, now):
        return IncidentOut.model_validate(earlier)
    line = Line(EntryKind.NOTE, body.text)
    if body.stage is not None:
        stage = stage_after(held.incident, Move.FIX if body.stage == Stage.FIXING else Move.WATCH)
        await connection.execute(_STAGE, held.incident.id, stage.value, now)
        line = Line(EntryKind.STAGE, body.text or STAGE_LABELS[stage], {"stage": stage})
    await add_line(connection, held.incident.id, line, actor=once.actor, now=now)
    return await _answered(connection, held, once, now)


async def _answered(connection: asyncpg.Connection, held: Held, once: Once, now: datetime) -> IncidentOut:
    answer = await read_incident(connection, held.incident.number, once.actor, now)
    await once.keep(connection, answer.model_dump(mode="json"))
    return answer

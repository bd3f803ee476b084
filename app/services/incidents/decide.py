"""A manager decides what a proposal is: a task force, or nothing. Or he opens one without being asked."""

from datetime import datetime, timedelta

import asyncpg

from app.domain.actor import Actor
from app.domain.incidents.duties import SEVERITY_LABELS, Severity, next_update
from app.domain.incidents.life import Move
from app.errors import Conflict, InvalidInput, NotFound
from app.models.incidents import Attached, EntryKind
from app.schemas.incidents import AcceptIn, DismissIn, IncidentOut, NewIncident
from app.services.idempotency import Once
from app.services.incidents.belong import InAnotherIncident
from app.services.incidents.case import Held, hold, stage_after
from app.services.incidents.entries import Line, add_line
from app.services.incidents.find import Key
from app.services.incidents.propose import gather, new_number, title_of
from app.services.incidents.read import read_incident
from app.services.incidents.tell import tell_staff
from app.services.incidents.word import say_to_all
from app.services.tickets.load import load

_ACCEPT = """
UPDATE incidents SET state = $2, severity = $3, owner_id = $4::uuid, accepted_at = $5, next_update_at = $6,
                     wake_at = $6, promised_at = $7
 WHERE id = $1
"""
_DISMISS = """
UPDATE incidents SET state = $2, dismissed_reason = $3, dismissed_at = $4, silent_until = $5 WHERE id = $1
"""
_LET_GO = """
UPDATE incident_tickets SET ended_at = $2, outcome = 'dismissed' WHERE incident_id = $1 AND ended_at IS NULL
"""
_STAFF = "SELECT id::text FROM staff WHERE id = ANY ($1::uuid[]) AND active AND role <> 'contractor'"
_JOIN = """
INSERT INTO incident_members (incident_id, staff_id, joined_at)
SELECT $1, unnest($2::uuid[]), $3 ON CONFLICT DO NOTHING
"""
_OPEN = """
INSERT INTO incidents (number, state, category, fault, service_point_id, title, severity, anchor_id, owner_id, since,
                       swept_at, proposed_at, accepted_at, next_update_at, wake_at, promised_at)
SELECT $1, 'open', t.category, t.diagnosis->>'fault', t.service_point_id, $3, $4, t.id, $5::uuid, t.created_at,
       $6, $6, $6, $7, $7, $8
  FROM tickets t WHERE t.id = $2
ON CONFLICT DO NOTHING RETURNING id
"""
_AREA = "SELECT name FROM service_points WHERE id = $1::uuid"


class IncidentThere(Conflict):
    code, msg = "incident_there", "这类故障已有专案组或待确认的提示，请在那里处理。"


async def accept(
    connection: asyncpg.Connection, number: str, body: AcceptIn, *, actor: Actor, now: datetime
) -> IncidentOut:
    """It is a task force from now on: the worker raises the level of its tickets and tells their customers."""
    held = await hold(connection, number, actor)
    stage, due = stage_after(held.incident, Move.ACCEPT), next_update(body.severity, now)
    owner = str(body.owner_id or actor.id)
    await _admit(connection, held.incident.id, [owner, *map(str, body.member_ids)], now)
    values = (stage.value, body.severity.value, owner, now, due, body.promised_at)
    await connection.execute(_ACCEPT, held.incident.id, *values)
    return await _begun(connection, held.incident.number, body, actor, now)


async def open_by_hand(
    connection: asyncpg.Connection, body: NewIncident, *, once: Once, now: datetime
) -> IncidentOut:
    """A task force about the fault of one ticket. Errors: invalid_input, incident_there."""
    actor = once.actor
    try:
        s = await load(connection, body.ticket, actor, lock=True)
    except NotFound as error:
        raise InvalidInput.at("body.ticket", "没有找到这张工单，请检查单号。", "not_found") from error
    if earlier := await once.earlier(connection, now):
        return IncidentOut.model_validate(earlier)
    area = await connection.fetchval(_AREA, s.service_point_id) or "不限区域"
    title = body.title or title_of(Key(s.category, s.diagnosis.fault, s.service_point_id, area))
    number, owner = new_number(now), str(body.owner_id or actor.id)
    due = next_update(body.severity, now)
    values = (title, body.severity.value, owner, now, due, body.promised_at)
    incident_id = await connection.fetchval(_OPEN, number, s.id, *values)
    if incident_id is None:
        raise IncidentThere
    if not await gather(connection, incident_id, [s.id], Attached.HAND, by=actor.id, now=now):
        raise InAnotherIncident
    await _admit(connection, incident_id, [owner, *map(str, body.member_ids)], now)
    answer = await _begun(connection, number, body, actor, now)
    await once.keep(connection, answer.model_dump(mode="json"))
    return answer


async def dismiss(
    connection: asyncpg.Connection, number: str, body: DismissIn, *, actor: Actor, now: datetime
) -> IncidentOut:
    """It is nothing: its tickets go on alone, and the key is left alone for a while."""
    held = await hold(connection, number, actor)
    stage, until = stage_after(held.incident, Move.DISMISS), now + timedelta(hours=body.silent_hours)
    await connection.execute(_DISMISS, held.incident.id, stage.value, body.reason, now, until)
    await connection.execute(_LET_GO, held.incident.id, now)
    line = Line(EntryKind.DISMISSED, body.reason, {"silent_hours": body.silent_hours})
    await add_line(connection, held.incident.id, line, actor=actor, now=now)
    return await read_incident(connection, number, actor, now)


async def _begun(
    connection: asyncpg.Connection, number: str, body: AcceptIn, actor: Actor, now: datetime
) -> IncidentOut:
    held: Held = await hold(connection, number, actor)
    severity = SEVERITY_LABELS[Severity(body.severity)]
    line = Line(EntryKind.ACCEPTED, severity, {"owner": held.incident.owner})
    await add_line(connection, held.incident.id, line, actor=actor, now=now)
    told = [each for each in held.incident.people if each != actor.id]
    text = f"已成立专案组（{severity}），请处理"
    await tell_staff(connection, held.anchor, told, number=number, text=text, now=now)
    if body.broadcast:
        await say_to_all(connection, held.incident, body.broadcast, body.promised_at, actor=actor, now=now)
    return await read_incident(connection, number, actor, now)


async def _admit(connection: asyncpg.Connection, incident_id: int, people: list[str], now: datetime) -> None:
    known = {row["id"] for row in await connection.fetch(_STAFF, people)}
    if not set(people) <= known:
        raise InvalidInput.at("body.member_ids", "没有找到这位同事，或他已离职。", "not_found")
    await connection.execute(_JOIN, incident_id, people, now)

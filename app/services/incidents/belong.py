"""Who works on an incident, and which tickets belong to it, as people decide it."""

from datetime import datetime

import asyncpg

from app.domain.actor import Actor
from app.domain.incidents.life import AT_WORK, LIVE, Stage
from app.domain.lifecycle import ENDS, State
from app.errors import Conflict, InvalidInput, NotFound
from app.models.incidents import EntryKind
from app.schemas.incidents import AttachIn, DetachIn, IncidentOut
from app.services.idempotency import Once
from app.services.incidents.case import hold, must_be
from app.services.incidents.entries import Line, add_line
from app.services.incidents.read import read_incident
from app.services.incidents.tell import tell_staff
from app.services.tickets.visible import of_points

_STAFF = "SELECT name FROM staff WHERE id = $1::uuid AND active AND role <> 'contractor'"
_JOIN = """
INSERT INTO incident_members (incident_id, staff_id, joined_at) VALUES ($1, $2::uuid, $3) ON CONFLICT DO NOTHING
"""
_OWN = "UPDATE incidents SET owner_id = $2::uuid WHERE id = $1"
_LEAVE = "DELETE FROM incident_members WHERE incident_id = $1 AND staff_id = $2::uuid RETURNING 1"
_TICKETS = f"""
SELECT id, number, state FROM tickets
 WHERE number = ANY ($1::text[]) AND {of_points("$2", "service_point_id")} ORDER BY id
"""
# One that was taken off may come back; what it was told before it need not hear again.
_ATTACH = """
INSERT INTO incident_tickets AS x (incident_id, ticket_id, how, attached_by, attached_at)
SELECT $1, id, 'hand', $3, $4 FROM unnest($2::bigint[]) AS t (id)
 WHERE NOT EXISTS (SELECT FROM incident_tickets o WHERE o.ticket_id = t.id AND o.ended_at IS NULL)
ON CONFLICT (incident_id, ticket_id) DO UPDATE
   SET ended_at = NULL, outcome = NULL, reason = '', how = 'hand', attached_by = $3, attached_at = $4
RETURNING x.ticket_id
"""
_DETACH = """
UPDATE incident_tickets x SET ended_at = $3, outcome = 'detached', reason = $4
  FROM tickets t
 WHERE x.incident_id = $1 AND t.number = $2 AND x.ticket_id = t.id AND x.ended_at IS NULL RETURNING 1
"""


class InAnotherIncident(Conflict):
    code, msg = "in_another_incident", "这张工单已属于一个专案组，请先在那里移出。"


class OwnerStays(Conflict):
    code, msg = "owner_stays", "负责人不能移出专案组，请先更换负责人。"


async def add_member(
    connection: asyncpg.Connection, number: str, staff_id: str, *, actor: Actor, now: datetime
) -> IncidentOut:
    held = await hold(connection, number, actor)
    must_be(held.incident, AT_WORK)
    name = await connection.fetchval(_STAFF, staff_id)
    if name is None:
        raise NotFound("没有找到这位同事，或他已离职。")
    if staff_id not in held.incident.people:
        await connection.execute(_JOIN, held.incident.id, staff_id, now)
        await add_line(
            connection, held.incident.id, Line(EntryKind.MEMBER, f"{name}加入专案组"), actor=actor, now=now
        )
        text = f"请加入专案组：{held.incident.title}"
        await tell_staff(connection, held.anchor, [staff_id], number=number, text=text, now=now)
    return await read_incident(connection, number, actor, now)


async def remove_member(
    connection: asyncpg.Connection, number: str, staff_id: str, *, actor: Actor, now: datetime
) -> IncidentOut:
    held = await hold(connection, number, actor)
    if staff_id == held.incident.owner:
        raise OwnerStays
    if await connection.fetchval(_LEAVE, held.incident.id, staff_id):
        name = await connection.fetchval(_STAFF, staff_id) or "一位同事"
        line = Line(EntryKind.MEMBER_LEFT, f"{name}离开专案组")
        await add_line(connection, held.incident.id, line, actor=actor, now=now)
    return await read_incident(connection, number, actor, now)


async def change_owner(
    connection: asyncpg.Connection, number: str, staff_id: str, *, actor: Actor, now: datetime
) -> IncidentOut:
    """Whoever answers for it from now on, the review included; he is a member as well."""
    held = await hold(connection, number, actor)
    must_be(held.incident, AT_WORK | {Stage.RESOLVED})
    name = await connection.fetchval(_STAFF, staff_id)
    if name is None:
        raise NotFound("没有找到这位同事，或他已离职。")
    if staff_id != held.incident.owner:
        await connection.execute(_JOIN, held.incident.id, staff_id, now)
        await connection.execute(_OWN, held.incident.id, staff_id)
        line = Line(EntryKind.MEMBER, f"{name}担任负责人")
        await add_line(connection, held.incident.id, line, actor=actor, now=now)
        text = f"请负责专案组：{held.incident.title}"
        await tell_staff(connection, held.anchor, [staff_id], number=number, text=text, now=now)
    return await read_incident(connection, number, actor, now)


async def attach(
    connection: asyncpg.Connection, number: str, body: AttachIn, *, once: Once, now: datetime
) -> IncidentOut:
    """All of them or none. Errors: invalid_input, in_another_incident."""
    actor = once.actor
    held = await hold(connection, number, actor, tickets=body.tickets)
    if earlier := await once.earlier(connection, now):
        return IncidentOut.model_validate(earlier)
    must_be(held.incident, LIVE)
    found = await connection.fetch(_TICKETS, body.tickets, actor.points)
    _all_there(body, found)
    attached = await connection.fetch(_ATTACH, held.incident.id, [row["id"] for row in found], actor.id, now)
    if len(attached) < len(found):
        raise InAnotherIncident
    line = Line(EntryKind.ATTACHED, "、".join(row["number"] for row in found))
    await add_line(connection, held.incident.id, line, actor=actor, now=now)
    answer = await read_incident(connection, number, actor, now)
    await once.keep(connection, answer.model_dump(mode="json"))
    return answer


async def detach(
    connection: asyncpg.Connection,
    number: str,
    ticket: str,
    body: DetachIn,
    *,
    actor: Actor,
    now: datetime,
) -> IncidentOut:
    """It was something else: it goes on alone, and is not gathered again. Its level stays as it is."""
    held = await hold(connection, number, actor, tickets=[ticket])
    must_be(held.incident, LIVE)
    if not await connection.fetchval(_DETACH, held.incident.id, ticket, now, body.reason):
        raise NotFound("这张工单不在专案组中。")
    line = Line(EntryKind.DETACHED, f"{ticket}：{body.reason}")
    await add_line(connection, held.incident.id, line, actor=actor, now=now)
    return await read_incident(connection, number, actor, now)


def _all_there(body: AttachIn, found: list[asyncpg.Record]) -> None:
    there = {row["number"] for row in found}
    for place, ticket in enumerate(body.tickets):
        if ticket not in there:
            raise InvalidInput.at(f"body.tickets.{place}", "没有找到这张工单，请检查单号。", "not_found")
    if any(State(row["state"]) in ENDS for row in found):
        raise InvalidInput.at("body.tickets", "已结束的工单不能加入专案组。", "ended")

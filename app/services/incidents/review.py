"""Afterwards (复盘): what it was, how it went, what is done differently, and who does it by when."""

from datetime import datetime

import asyncpg

from app.domain.actor import Actor
from app.domain.incidents.duties import action_late
from app.domain.incidents.life import Move, Stage
from app.domain.lifecycle import Role
from app.errors import Conflict, Forbidden, NotFound
from app.models.incidents import EntryKind, ReviewState
from app.schemas.incidents import ActionIn, IncidentOut, ReviewIn, ReviewVerdictIn
from app.services.idempotency import Once
from app.services.incidents.case import hold, must_be, stage_after
from app.services.incidents.entries import Line, add_line
from app.services.incidents.read import read_incident
from app.services.incidents.tell import managers_of_area, tell_staff

_WRITE = """
INSERT INTO incident_reviews (incident_id, state, cause, course, better, written_by, written_at)
VALUES ($1, 'written', $2, $3, $4, $5::uuid, $6)
ON CONFLICT (incident_id) DO UPDATE
   SET state = 'written', cause = $2, course = $3, better = $4, written_by = $5::uuid, written_at = $6, note = '',
       decided_by = NULL, decided_at = NULL
"""
_WRITTEN = "SELECT written_by::text FROM incident_reviews WHERE incident_id = $1 AND state = 'written'"
_DECIDE = """
UPDATE incident_reviews SET state = $2, note = $3, decided_by = $4::uuid, decided_at = $5 WHERE incident_id = $1
"""
_REVIEWED = "UPDATE incidents SET state = $2, reviewed_at = $3, wake_at = NULL WHERE id = $1"
_STAFF = "SELECT name FROM staff WHERE id = $1 AND active AND role <> 'contractor'"
_ACT = """
INSERT INTO incident_actions (incident_id, text, owner_id, due_on, created_at, remind_at)
VALUES ($1, $2, $3, $4, $5, $6)
"""
# He has to find it.
_JOIN = "INSERT INTO incident_members (incident_id, staff_id, joined_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"
_ACTION = (
    "SELECT owner_id::text AS owner, text, done_at FROM incident_actions WHERE incident_id = $1 AND id = $2"
)
_DONE = "UPDATE incident_actions SET done_at = $2 WHERE id = $1"
_MANAGERS = (Role.MANAGER, Role.ADMIN)


class NothingToReview(Conflict):
    code, msg = "nothing_to_review", "复盘还没有提交，请先由负责人填写。"


async def write_review(
    connection: asyncpg.Connection, number: str, body: ReviewIn, *, actor: Actor, now: datetime
) -> IncidentOut:
    """By its owner, or a manager for him. Written again, it is looked at again."""
    held = await hold(connection, number, actor)
    must_be(held.incident, frozenset({Stage.RESOLVED}))
    if actor.id != held.incident.owner and actor.role not in _MANAGERS:
        raise Forbidden("复盘由专案组负责人填写。")
    values = (body.cause, body.course, body.better, actor.id, now)
    await connection.execute(_WRITE, held.incident.id, *values)
    await add_line(connection, held.incident.id, Line(EntryKind.REVIEW), actor=actor, now=now)
    managers = await managers_of_area(connection, held.incident.service_point_id)
    told = [each for each in managers if each != actor.id]
    await tell_staff(connection, held.anchor, told, number=number, text="复盘已提交，请评审", now=now)
    return await read_incident(connection, number, actor, now)


async def decide_review(
    connection: asyncpg.Connection, number: str, body: ReviewVerdictIn, *, actor: Actor, now: datetime
) -> IncidentOut:
    """By a manager who did not write it; the writer hears of it."""
    held = await hold(connection, number, actor)
    must_be(held.incident, frozenset({Stage.RESOLVED}))
    writer = await connection.fetchval(_WRITTEN, held.incident.id)
    if writer is None:
        raise NothingToReview
    if writer == actor.id:
        raise Forbidden("请由另一位主管评审您填写的复盘。")
    state = ReviewState.APPROVED if body.approved else ReviewState.RETURNED
    await connection.execute(_DECIDE, held.incident.id, state.value, body.note, actor.id, now)
    kind, text = EntryKind.RETURNED, f"复盘被退回：{body.note}"
    if body.approved:
        stage = stage_after(held.incident, Move.REVIEW)
        await connection.execute(_REVIEWED, held.incident.id, stage.value, now)
        kind, text = EntryKind.REVIEWED, "复盘已通过"
    await add_line(connection, held.incident.id, Line(kind, body.note), actor=actor, now=now)
    await tell_staff(connection, held.anchor, [writer], number=number, text=text, now=now)
    return await read_incident(connection, number, actor, now)


async def add_action(
    connection: asyncpg.Connection, number: str, body: ActionIn, *, once: Once, now: datetime
) -> IncidentOut:
    """What somebody does about it until a day; it may still be added after the review."""
    actor = once.actor
    held = await hold(connection, number, actor)
    if earlier := await once.earlier(connection, now):
        return IncidentOut.model_validate(earlier)
    must_be(held.incident, frozenset(Stage) - {Stage.PROPOSED, Stage.DISMISSED})
    name = await connection.fetchval(_STAFF, body.owner_id)
    if name is None:
        raise NotFound("没有找到这位同事，或他已离职。")
    values = (body.text, body.owner_id, body.due_on, now, action_late(body.due_on))
    await connection.execute(_ACT, held.incident.id, *values)
    await connection.execute(_JOIN, held.incident.id, body.owner_id, now)
    line = Line(EntryKind.ACTION, f"{body.text}（{name}，{body.due_on} 前）")
    await add_line(connection, held.incident.id, line, actor=actor, now=now)
    text = f"改进项：{body.text}"
    await tell_staff(connection, held.anchor, [str(body.owner_id)], number=number, text=text, now=now)
    answer = await read_incident(connection, number, actor, now)
    await once.keep(connection, answer.model_dump(mode="json"))
    return answer


async def finish_action(
    connection: asyncpg.Connection, number: str, action_id: int, *, actor: Actor, now: datetime
) -> IncidentOut:
    held = await hold(connection, number, actor)
    row = await connection.fetchrow(_ACTION, held.incident.id, action_id)
    if row is None:
        raise NotFound("没有找到这个改进项。")
    if actor.id != row["owner"] and actor.role not in _MANAGERS:
        raise Forbidden("改进项由其负责人或主管确认完成。")
    if row["done_at"] is None:
        await connection.execute(_DONE, action_id, now)
        line = Line(EntryKind.ACTION_DONE, row["text"])
        await add_line(connection, held.incident.id, line, actor=actor, now=now)
    return await read_incident(connection, number, actor, now)

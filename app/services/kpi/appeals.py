"""An engineer appeals against what a job counts for; a manager decides, and the decision changes what counts."""

from datetime import datetime

import asyncpg

from app.domain.actor import Actor
from app.domain.lifecycle import Role
from app.errors import Conflict, Forbidden, NotFound
from app.models.aftercare import AppealState
from app.schemas.kpi import AppealDecisionIn, AppealIn, AppealOut, AppealPage
from app.services.cursors import cut, place_by_number
from app.services.idempotency import Once
from app.services.tickets.load import load
from app.services.tickets.visible import of_points

_COLUMNS = """
SELECT p.id, t.number, p.engineer_id::text, e.name AS engineer, p.measure, p.reason, p.state, p.note,
       d.name AS decided_by, p.decided_at, p.created_at
  FROM kpi_appeals p JOIN tickets t ON t.id = p.ticket_id JOIN staff e ON e.id = p.engineer_id
  LEFT JOIN staff d ON d.id = p.decided_by
"""
_ONE = f"{_COLUMNS} WHERE p.id = $1"
_PAGE = f"""
{_COLUMNS}
 WHERE ($1::uuid IS NULL OR p.engineer_id = $1) AND ($2::text IS NULL OR p.state = $2) AND {of_points("$6")}
   AND ($3::timestamptz IS NULL OR (p.created_at, p.id) < ($3, $4::bigint))
 ORDER BY p.created_at DESC, p.id DESC LIMIT $5
"""
_WORKED = "SELECT EXISTS (SELECT FROM visits WHERE ticket_id = $1 AND engineer_id = $2::uuid)"
_FILE = """
INSERT INTO kpi_appeals (ticket_id, engineer_id, measure, reason, state, created_at)
VALUES ($1, $2::uuid, $3, $4, 'open', $5) ON CONFLICT DO NOTHING RETURNING id
"""
_LOCK = f"""
SELECT p.state FROM kpi_appeals p JOIN tickets t ON t.id = p.ticket_id
 WHERE p.id = $1 AND {of_points("$2")} FOR UPDATE OF p
"""
_DECIDE = "UPDATE kpi_appeals SET state = $2, note = $3, decided_by = $4::uuid, decided_at = $5 WHERE id = $1"


class AppealedBefore(Conflict):
    code, msg = "appealed_before", "这张工单的这项指标您已经申请过复议。"


class AppealDecided(Conflict):
    code, msg = "appeal_decided", "这项复议已有结论，不能再改。"


async def file_appeal(
    connection: asyncpg.Connection, body: AppealIn, *, once: Once, now: datetime
) -> AppealOut:
    """By the engineer who had a visit of that job. Errors: not_found, forbidden, appealed_before."""
    if earlier := await once.earlier(connection, now):
        return AppealOut.model_validate(earlier)
    actor = once.actor
    s = await load(connection, body.number, actor)
    if not await connection.fetchval(_WORKED, s.id, actor.id):
        raise Forbidden("只能对自己上门过的工单申请复议。")
    appeal = await connection.fetchval(_FILE, s.id, actor.id, body.measure.value, body.reason, now)
    if appeal is None:
        raise AppealedBefore
    answer = await _read(connection, appeal)
    await once.keep(connection, answer.model_dump(mode="json"))
    return answer


async def list_appeals(
    connection: asyncpg.Connection, *, actor: Actor, state: AppealState | None, cursor: str | None, limit: int
) -> AppealPage:
    """The newest first; an engineer sees his own."""
    own = actor.id if actor.role is Role.ENGINEER else None
    wanted = state.value if state else None
    rows = await connection.fetch(_PAGE, own, wanted, *place_by_number(cursor), limit + 1, actor.points)
    page, next_cursor = cut(rows, limit, "created_at")
    return AppealPage(items=[_shown(row) for row in page], next_cursor=next_cursor)


async def decide_appeal(
    connection: asyncpg.Connection, appeal_id: int, body: AppealDecisionIn, *, actor: Actor, now: datetime
) -> AppealOut:
    """Once, with a reason. Errors: not_found, appeal_decided."""
    state = await connection.fetchval(_LOCK, appeal_id, actor.points)
    if state is None:
        raise NotFound("没有找到这项复议。")
    if state != AppealState.OPEN:
        raise AppealDecided
    await connection.execute(_DECIDE, appeal_id, body.decision, body.note, actor.id, now)
    return await _read(connection, appeal_id)


async def _read(connection: asyncpg.Connection, appeal_id: int) -> AppealOut:
    return _shown(await connection.fetchrow(_ONE, appeal_id))


def _shown(row: asyncpg.Record) -> AppealOut:
    return AppealOut.model_validate(dict(row) | {"id": str(row["id"])})

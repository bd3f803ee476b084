"""Take a call for a while, so that two colleagues do not ring the same customer."""

from datetime import datetime, timedelta

import asyncpg

from app.domain.actor import Actor
from app.domain.follow_up.rules import rulebook
from app.domain.situation import Situation
from app.errors import Conflict, NotFound
from app.models.aftercare import FollowUpState
from app.schemas.follow_ups import FollowUpOut
from app.services.follow_ups.refusals import refuse_calls, refuses_calls
from app.services.follow_ups.worklist import read_follow_up
from app.services.tickets.load import load_by_id

_TICKET = "SELECT ticket_id FROM follow_ups WHERE id = $1"
_LOCK = (
    "SELECT state, attempts, taken_by::text, taken_until, ticket_id FROM follow_ups WHERE id = $1 FOR UPDATE"
)
_TAKE = "UPDATE follow_ups SET taken_by = $2::uuid, taken_until = $3 WHERE id = $1"


class FollowUpTaken(Conflict):
    code, msg = "follow_up_taken", "同事正在处理这个回访，请换一个。"


class FollowUpClosed(Conflict):
    code, msg = "follow_up_closed", "这个回访已经结束，请刷新列表。"


async def lock_follow_up(
    connection: asyncpg.Connection, follow_up_id: int, actor: Actor, now: datetime
) -> tuple[Situation, asyncpg.Record]:
    """Ticket first, then the call that is owed for it; errors: not_found, follow_up_closed, follow_up_taken."""
    ticket_id = await connection.fetchval(_TICKET, follow_up_id)
    if ticket_id is None:
        raise NotFound("没有找到这个回访任务。")
    s = await load_by_id(connection, ticket_id, lock=True)
    if not actor.answers_for(s.service_point_id):
        raise NotFound("没有找到这个回访任务。")
    row = await connection.fetchrow(_LOCK, follow_up_id)
    if row["state"] != FollowUpState.OPEN:
        raise FollowUpClosed(extra={"state": row["state"]})
    if row["taken_by"] not in (None, actor.id) and row["taken_until"] > now:
        raise FollowUpTaken
    return s, row


async def take_follow_up(
    connection: asyncpg.Connection, follow_up_id: int, *, actor: Actor, now: datetime
) -> FollowUpOut:
    """Whoever takes it again holds it longer. One whose customer has just refused calls is closed instead."""
    s, _ = await lock_follow_up(connection, follow_up_id, actor, now)
    if await refuses_calls(connection, s.customer_id):
        await refuse_calls(connection, s.customer_id, by=s.customer_id, now=now)
    else:
        until = now + timedelta(minutes=rulebook().calls.hold_minutes)
        await connection.execute(_TAKE, follow_up_id, actor.id, until)
    return await read_follow_up(connection, follow_up_id, now)

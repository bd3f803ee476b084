"""An engineer leaves: nothing new goes to him, his offers pass on, and his visits look for somebody else."""

from datetime import date, datetime

import asyncpg

from app.domain.actor import SYSTEM, Actor
from app.domain.lifecycle import Event
from app.domain.zone import ZONE
from app.errors import Conflict
from app.models.visits import LIVE_VISITS
from app.schemas.engineers import EngineerRecord, LeaveIn, LeftOut
from app.schemas.transitions import Step
from app.services.audit.note import Action, note
from app.services.engineers.read import read_engineer
from app.services.plans.request import request_plan
from app.services.staff.disable import disable
from app.services.tickets.change import Change
from app.services.tickets.load import load_by_id
from app.services.tickets.transition import carry_out, possible

_OFFERED = """
SELECT t.id FROM tickets t JOIN offers o ON o.id = t.offer_id AND o.state = 'open'
 WHERE o.engineer_id = $1::uuid AND t.state = 'offered' ORDER BY t.id FOR NO KEY UPDATE OF t
"""
_VISITS = f"""
SELECT t.number, (lower(v.planned) AT TIME ZONE 'Asia/Shanghai')::date AS day
  FROM visits v JOIN tickets t ON t.id = v.ticket_id
 WHERE v.engineer_id = $1::uuid AND {LIVE_VISITS.replace("state", "v.state")} AND v.departed_at IS NULL
 ORDER BY v.planned
"""
_BACK = "UPDATE staff SET active = TRUE WHERE id = $1::uuid"


class HasLeft(Conflict):
    code, msg = "has_left", "这位工程师已经离职。"


async def leave(
    connection: asyncpg.Connection,
    engineer_id: str,
    body: LeaveIn,
    *,
    actor: Actor,
    network: str,
    now: datetime,
) -> LeftOut:
    """Errors: not_found, has_left."""
    standing = await read_engineer(connection, engineer_id, actor=actor)
    if not standing.active:
        raise HasLeft
    # Tickets come before staff, for everybody.
    for row in await connection.fetch(_OFFERED, engineer_id):
        s = await load_by_id(connection, row["id"])
        if possible(s, Event.DECLINE, SYSTEM, now):
            await carry_out(Change(connection, s, Event.DECLINE, SYSTEM, now), Step(version=s.version))
    in_hand = await disable(connection, standing.username)
    visits = await connection.fetch(_VISITS, engineer_id)
    await _replan(connection, standing, {row["day"] for row in visits}, now)
    await note(
        connection, actor, Action.DISABLE, standing.username, reason=body.reason, network=network, now=now
    )
    moving = list(dict.fromkeys(row["number"] for row in visits))
    planned = standing.service_point_id is not None
    return LeftOut(
        visits=moving if planned else [],
        in_hand=[number for number in in_hand if not planned or number not in moving],
    )


async def rejoin(
    connection: asyncpg.Connection, engineer_id: str, *, actor: Actor, network: str, now: datetime
) -> EngineerRecord:
    """With the password, the hours and the skills that he had."""
    standing = await read_engineer(connection, engineer_id, actor=actor)
    await connection.execute(_BACK, engineer_id)
    await note(connection, actor, Action.ENABLE, standing.username, network=network, now=now)
    return await read_engineer(connection, engineer_id, actor=actor)


async def _replan(
    connection: asyncpg.Connection, standing: EngineerRecord, days: set[date], now: datetime
) -> None:
    """Whoever belongs to no territory is in no plan: then the page names what he has in hand."""
    point = str(standing.service_point_id) if standing.service_point_id else None
    today = now.astimezone(ZONE).date()
    for day in sorted(day for day in days if day >= today):
        await request_plan(connection, point, day, now=now, cause="工程师离职")

"""Somebody does not come: his days shrink, his open offers go on, and his visits look for somebody else."""

import uuid
from datetime import datetime, timedelta

import asyncpg

from app.domain.actor import SYSTEM, Actor
from app.domain.lifecycle import Event, Role
from app.domain.rosters import ABSENCE_LABELS
from app.domain.zone import ZONE
from app.errors import InvalidInput, NotFound
from app.models.visits import LIVE_VISITS
from app.schemas.rosters import AbsenceIn, AbsenceMade
from app.schemas.transitions import Step
from app.services.idempotency import Once
from app.services.plans.request import request_plan
from app.services.rosters.engineers import known
from app.services.rosters.fill import fill
from app.services.rosters.week import visit_hit
from app.services.tickets.change import Change
from app.services.tickets.load import load_by_id
from app.services.tickets.transition import carry_out, possible

# What was offered to him for a time at which he is not there.
_OFFERED = """
SELECT t.id FROM tickets t JOIN offers o ON o.id = t.offer_id AND o.state = 'open'
 WHERE o.engineer_id = $1::uuid AND t.state = 'offered'
   AND coalesce(o.suggested, tstzrange(o.created_at, o.expires_at)) && tstzrange($2, $3)
 ORDER BY t.id FOR NO KEY UPDATE OF t
"""
_ENTER = """
INSERT INTO absences (id, engineer_id, kind, during, reason, created_by, created_at)
VALUES ($1, $2::uuid, $3, tstzrange($4, $5), $6, $7::uuid, $8)
"""
_CANCEL = """
UPDATE absences SET cancelled_at = $3, cancelled_by = $4::uuid
 WHERE id = $1::uuid AND engineer_id = $2::uuid AND cancelled_at IS NULL
RETURNING lower(during) AS start, upper(during) AS end
"""
_HIT = f"""
SELECT t.number, v.state, lower(v.promised) AS start, upper(v.promised) AS end,
       s.service_point_id::text
  FROM visits v JOIN tickets t ON t.id = v.ticket_id JOIN staff s ON s.id = v.engineer_id
 WHERE v.engineer_id = $1::uuid AND v.planned && tstzrange($2, $3) AND {LIVE_VISITS.replace("state", "v.state")}
   AND v.departed_at IS NULL
 ORDER BY lower(v.planned)
"""


async def report_absence(
    connection: asyncpg.Connection, engineer_id: str, body: AbsenceIn, *, once: Once, now: datetime
) -> AbsenceMade:
    """Errors: not_found, invalid_input for a time that is over or a kind that is not the caller's to enter."""
    if earlier := await once.earlier(connection, now):
        return AbsenceMade.model_validate(earlier)
    await known(connection, engineer_id)
    _check(body, once.actor, now)
    # Tickets come before rosters, for everybody.
    await _pass_on_offers(connection, engineer_id, body, now)
    made = uuid.uuid4()
    await connection.execute(
        _ENTER, made, engineer_id, body.kind.value, body.start, body.end, body.reason, once.actor.id, now
    )
    await _refill(connection, engineer_id, body.start, body.end, now)
    hit = await connection.fetch(_HIT, engineer_id, body.start, body.end)
    await _replan(connection, hit, f"{ABSENCE_LABELS[body.kind]}", now)
    answer = AbsenceMade(
        id=made,
        kind=body.kind,
        label=ABSENCE_LABELS[body.kind],
        start=body.start,
        end=body.end,
        reason=body.reason,
        visits=[visit_hit(row) for row in hit],
    )
    await once.keep(connection, answer.model_dump())
    return answer


async def cancel_absence(
    connection: asyncpg.Connection, engineer_id: str, absence_id: str, *, actor: Actor, now: datetime
) -> None:
    """He comes after all. What went to others in the meantime stays with them."""
    row = await connection.fetchrow(_CANCEL, absence_id, engineer_id, now, actor.id)
    if row is None:
        raise NotFound("没有找到这条请假记录。")
    await _refill(connection, engineer_id, row["start"], row["end"], now)


def _check(body: AbsenceIn, actor: Actor, now: datetime) -> None:
    if body.end <= now:
        raise InvalidInput.at("body.end", "结束时间已过，请检查日期。", "in_the_past")
    if actor.role is Role.ENGINEER and body.start < now - timedelta(days=1):
        raise InvalidInput.at("body.start", "开始时间不能早于昨天，请联系主管补登。", "in_the_past")


async def _pass_on_offers(
    connection: asyncpg.Connection, engineer_id: str, body: AbsenceIn, now: datetime
) -> None:
    for row in await connection.fetch(_OFFERED, engineer_id, max(body.start, now), body.end):
        s = await load_by_id(connection, row["id"])
        if possible(s, Event.DECLINE, SYSTEM, now):
            await carry_out(Change(connection, s, Event.DECLINE, SYSTEM, now), Step(version=s.version))


async def _refill(
    connection: asyncpg.Connection, engineer_id: str, start: datetime, end: datetime, now: datetime
) -> None:
    first = max(start, now - timedelta(days=1)).astimezone(ZONE).date() - timedelta(days=1)
    last = end.astimezone(ZONE).date()
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    await fill(connection, days, engineer_id=engineer_id)


async def _replan(
    connection: asyncpg.Connection, hit: list[asyncpg.Record], cause: str, now: datetime
) -> None:
    wanted = {
        (v["service_point_id"], v["start"].astimezone(ZONE).date()) for v in hit if v["service_point_id"]
    }
    for service_point_id, day in sorted(wanted):
        await request_plan(connection, service_point_id, day, now=now, cause=cause)

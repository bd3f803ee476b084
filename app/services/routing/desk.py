"""What people at the desk do: say that they are there, look at what is theirs, pass a ticket on."""

from datetime import datetime

import asyncpg
import orjson

from app.domain.actor import Actor
from app.domain.lifecycle import SETTLED
from app.domain.routing.choice import Presence
from app.errors import Conflict, InvalidInput, NotFound
from app.models.teams import RouteCause
from app.schemas.routing import (
    PresenceOut,
    QueueItem,
    QueueOut,
    RouteList,
    RouteOut,
    TransferIn,
    TriedRoute,
    Whose,
    WhyOut,
)
from app.services.routing.decide import decide, facts_of, team_row
from app.services.routing.seats import mark_given, seats_of
from app.services.tickets.load import load
from app.services.tickets.visible import of_points

_PRESENT = """
INSERT INTO desk_seats (staff_id, presence, seen_at) VALUES ($1::uuid, $2, $3)
ON CONFLICT (staff_id) DO UPDATE SET presence = excluded.presence, seen_at = excluded.seen_at
"""
_QUEUE = f"""
SELECT t.number, g.name AS team, s.name AS staff, r.rank, r.at
  FROM ticket_routes r JOIN tickets t ON t.id = r.ticket_id JOIN teams g ON g.id = r.team_id
  LEFT JOIN staff s ON s.id = r.staff_id
 WHERE r.ended_at IS NULL AND {of_points("$3")}
   AND CASE WHEN $2 THEN r.staff_id IS NULL AND EXISTS (SELECT FROM team_members m
                                                        WHERE m.team_id = r.team_id AND m.staff_id = $1::uuid)
            ELSE r.staff_id = $1::uuid END
 ORDER BY r.rank DESC, r.at, r.id LIMIT 200
"""
_ROUTES = """
SELECT g.name AS team, s.name AS staff, r.cause, r.reason, r.why, r.at, r.ended_at
  FROM ticket_routes r JOIN teams g ON g.id = r.team_id LEFT JOIN staff s ON s.id = r.staff_id
 WHERE r.ticket_id = $1 ORDER BY r.id DESC
"""
_MEMBER = "SELECT EXISTS (SELECT FROM team_members WHERE team_id = $1 AND staff_id = $2)"
_END = """
UPDATE ticket_routes SET ended_at = greatest(at, $2) WHERE ticket_id = $1 AND ended_at IS NULL RETURNING rank
"""
_MOVE = """
INSERT INTO ticket_routes (ticket_id, team_id, staff_id, cause, rank, why, reason, moved_by, at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8::uuid, $9)
"""


class NothingToPassOn(Conflict):
    code, msg = "ticket_settled", "工单已结束，不需要转派。"


async def be_present(
    connection: asyncpg.Connection, presence: Presence, *, actor: Actor, now: datetime
) -> PresenceOut:
    """Repeated every minute: whoever is silent for two is not given anything, and after fifteen others get his."""
    await connection.execute(_PRESENT, actor.id, presence.value, now)
    return PresenceOut(presence=presence, seen_at=now)


async def queue(connection: asyncpg.Connection, whose: Whose, *, actor: Actor) -> QueueOut:
    rows = await connection.fetch(_QUEUE, actor.id, whose == "waiting", actor.points)
    return QueueOut(items=[QueueItem(**row) for row in rows])


async def routes_of(connection: asyncpg.Connection, number: str, *, actor: Actor) -> RouteList:
    s = await load(connection, number, actor)
    return RouteList(items=[_out(row) for row in await connection.fetch(_ROUTES, s.id)])


async def try_route(
    connection: asyncpg.Connection, number: str, *, actor: Actor, now: datetime
) -> TriedRoute:
    """Where it would go if it came now; nothing is changed."""
    s = await load(connection, number, actor)
    found = await decide(connection, await facts_of(connection, s.id, now), seats_of=seats_of, now=now)
    if found is None:
        return TriedRoute(team=None, staff=None, cause=None, why=None)
    staff = found.staff.name if found.staff else None
    return TriedRoute(team=found.team, staff=staff, cause=found.cause, why=_why(found.why))


async def transfer(
    connection: asyncpg.Connection, number: str, body: TransferIn, *, actor: Actor, now: datetime
) -> RouteList:
    """By hand, with a reason, whatever the loads are. Errors: not_found, ticket_settled, invalid_input."""
    s = await load(connection, number, actor, lock=True)
    if s.state in SETTLED:
        raise NothingToPassOn
    if await team_row(connection, str(body.team_id)) is None:
        raise NotFound("没有找到这个客服组。")
    if body.staff_id and not await connection.fetchval(_MEMBER, body.team_id, body.staff_id):
        raise InvalidInput.at("body.staff_id", "此人不是该组成员。", "no_member")
    rank = await connection.fetchval(_END, s.id, now)
    why = {"rule": None, "version": None, "because": [f"由{actor.name or '主管'}转派"], "tried": []}
    await connection.execute(
        _MOVE,
        s.id,
        body.team_id,
        body.staff_id,
        RouteCause.TRANSFER.value,
        rank or 0,
        orjson.dumps(why).decode(),
        body.reason,
        actor.id,
        now,
    )
    if body.staff_id:
        await mark_given(connection, str(body.staff_id), now)
    return await routes_of(connection, number, actor=actor)


def _out(row: asyncpg.Record) -> RouteOut:
    return RouteOut.model_validate(dict(row) | {"why": _why(row["why"])})


def _why(document: dict[str, object]) -> WhyOut:
    return WhyOut.model_validate({"waits": None, "member": None} | document)

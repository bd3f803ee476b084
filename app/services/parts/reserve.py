"""Hold parts for a ticket: those of the engineer's van first, then those of his service point."""

from datetime import datetime

import asyncpg

from app.domain.actor import Actor
from app.domain.lifecycle import SETTLED, Role
from app.domain.parts import PlaceKind, Reason
from app.domain.situation import Situation
from app.errors import Conflict, Forbidden
from app.schemas.parts import ReservationIn, TicketParts
from app.services.idempotency import Once
from app.services.parts.of_ticket import parts_of
from app.services.parts.places import Place, places_of
from app.services.parts.reserved import let_parts_go
from app.services.stock.post import Move, out_of_stock, post
from app.services.tickets.load import load

_FREE = """
SELECT place_id::text, on_hand - reserved AS free FROM stock
 WHERE part_code = $1 AND place_id = ANY ($2::uuid[]) ORDER BY place_id FOR NO KEY UPDATE
"""


class NothingToFit(Conflict):
    code, msg = "nothing_to_fit", "这张工单已了结，不能再预留配件。"


async def reserve_parts(
    connection: asyncpg.Connection, number: str, body: ReservationIn, *, once: Once, now: datetime
) -> TicketParts:
    """Errors: not_found, forbidden for an engineer who has not got it, nothing_to_fit, out_of_stock."""
    actor = once.actor
    s = await _ticket(connection, number, actor)
    if earlier := await once.earlier(connection, now):
        return TicketParts.model_validate(earlier)
    places = await places_of(connection, s)
    moves = [
        move
        for line in sorted(body.lines, key=lambda line: line.part_code)
        for move in await _hold(connection, line.part_code, line.quantity, places)
    ]
    await post(connection, moves, made_by=actor.id, now=now, ticket_id=s.id)
    answer = await parts_of(connection, s)
    await once.keep(connection, answer.model_dump())
    return answer


async def unreserve_parts(
    connection: asyncpg.Connection, number: str, *, actor: Actor, now: datetime
) -> TicketParts:
    s = await _ticket(connection, number, actor)
    await let_parts_go(connection, s.id, actor=actor, now=now)
    return await parts_of(connection, s)


async def _ticket(connection: asyncpg.Connection, number: str, actor: Actor) -> Situation:
    s = await load(connection, number, actor, lock=True)
    if actor.role is Role.ENGINEER and s.engineer_id != actor.id:
        raise Forbidden
    if s.state in SETTLED:
        raise NothingToFit
    return s


async def _hold(
    connection: asyncpg.Connection, part_code: str, quantity: int, places: tuple[Place, ...]
) -> list[Move]:
    rows = await connection.fetch(_FREE, part_code, [place.id for place in places])
    free = {row["place_id"]: row["free"] for row in rows}
    moves: list[Move] = []
    for place in places:
        taken = min(quantity, max(0, free.get(place.id, 0)))
        if taken:
            moves.append(Move(place.id, PlaceKind(place.kind), part_code, Reason.RESERVE, reserved=taken))
        quantity -= taken
    if quantity:
        raise await out_of_stock(connection, part_code)
    return moves

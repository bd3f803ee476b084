"""What people do to the stock: take in, move, count, scrap, send old parts back."""

from datetime import datetime

import asyncpg

from app.domain.actor import Actor
from app.domain.lifecycle import Role
from app.domain.parts import PlaceKind, Reason
from app.errors import Forbidden, InvalidInput, NotFound
from app.schemas.parts import MovementIn, MovementLine, PlaceIn, StockOut
from app.services.idempotency import Once
from app.services.stock.post import Move, post
from app.services.stock.read import may_see, read_stock

_PLACES = {
    PlaceKind.POINT: "SELECT EXISTS (SELECT FROM service_points WHERE id = $1::uuid)",
    PlaceKind.VAN: "SELECT EXISTS (SELECT FROM engineers WHERE id = $1::uuid)",
}
_COUNTED = """
SELECT on_hand FROM stock WHERE place_id = $1::uuid AND part_code = $2 FOR NO KEY UPDATE
"""


async def move_stock(
    connection: asyncpg.Connection, body: MovementIn, *, once: Once, now: datetime
) -> StockOut:
    """An engineer counts and scraps what is in his own van; everything else is the desk's. Who answers for some service
    points moves what lies there or in the vans of their people, and may send it anywhere.

    Errors: not_found, forbidden, invalid_input, out_of_stock.
    """
    actor = once.actor
    if earlier := await once.earlier(connection, now):
        return StockOut.model_validate(earlier)
    for place in (body.place, body.to):
        if place is not None:
            await _exists(connection, place)
    _may(actor, body)
    await may_see(connection, actor, body.place.kind, str(body.place.id))
    moves = [move for line in body.lines for move in await _moves(connection, body, line)]
    await post(connection, moves, made_by=actor.id, now=now, note=body.note)
    answer = await read_stock(connection, body.place.kind, str(body.place.id), actor=actor)
    await once.keep(connection, answer.model_dump())
    return answer


async def _exists(connection: asyncpg.Connection, place: PlaceIn) -> None:
    if not await connection.fetchval(_PLACES[place.kind], place.id):
        raise NotFound("没有找到这个仓位。")


def _may(actor: Actor, body: MovementIn) -> None:
    if actor.role is not Role.ENGINEER:
        return
    own = body.place.kind is PlaceKind.VAN and str(body.place.id) == actor.id
    if not own or body.kind not in ("count", "scrap"):
        raise Forbidden("工程师只能盘点和报废自己车上的配件，其他请联系网点。")


async def _moves(connection: asyncpg.Connection, body: MovementIn, line: MovementLine) -> list[Move]:
    place, part, quantity = body.place, line.part_code, line.quantity
    if body.kind == "receive":
        return [_move(place, part, Reason.RECEIVE, on_hand=quantity)]
    if body.kind == "scrap":
        return [_move(place, part, Reason.SCRAP, defective=-quantity)]
    if body.kind == "count":
        counted = await connection.fetchval(_COUNTED, place.id, part) or 0
        return [_move(place, part, Reason.COUNT, on_hand=quantity - counted)]
    if body.to is None:
        raise InvalidInput.at("body.to", "请选择调入的仓位。", "missing")
    if body.kind == "transfer":
        return [
            _move(place, part, Reason.TRANSFER, on_hand=-quantity),
            _move(body.to, part, Reason.TRANSFER, on_hand=quantity),
        ]
    return [
        _move(place, part, Reason.RETURN_OLD, defective=-quantity),
        _move(body.to, part, Reason.RETURN_OLD, defective=quantity),
    ]


def _move(place: PlaceIn, part: str, reason: Reason, *, on_hand: int = 0, defective: int = 0) -> Move:
    return Move(str(place.id), place.kind, part, reason, on_hand=on_hand, defective=defective)

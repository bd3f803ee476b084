"""What was fitted comes out of the stock; what was held and not needed goes back."""

from collections.abc import Sequence

import asyncpg

from app.domain.parts import PlaceKind, Reason
from app.errors import InvalidInput
from app.schemas.transitions import PartIn
from app.services.parts.places import Place, places_of
from app.services.parts.reserved import held_for, releases
from app.services.stock.post import Move, post
from app.services.tickets.change import Change

_STOCK = """
SELECT place_id::text, part_code, on_hand - reserved AS free FROM stock
 WHERE part_code = ANY ($1::text[]) AND place_id = ANY ($2::uuid[])
 ORDER BY place_id, part_code FOR NO KEY UPDATE
"""
_SERIALISED = "SELECT code, returnable, serialised FROM parts WHERE code = ANY ($1::text[])"
_FITTED = """
INSERT INTO fitted_parts (ticket_id, visit_id, part_code, name, quantity, serial_number, old_part, fitted_at)
SELECT $1, $2, nullif(n.code, ''), n.name, n.quantity, n.serial, $7, $8
  FROM unnest($3::text[], $4::text[], $5::bigint[], $6::text[]) AS n (code, name, quantity, serial)
"""


async def use_parts(change: Change, parts: Sequence[PartIn], old_parts: str) -> None:
    """``parts`` are named already. One without a code is noted only: it came from nobody's stock.

    Errors: invalid_input that names the line, for a part that is neither in the van nor at the service point, or
    that has a serial number which is missing.
    """
    connection, s = change.connection, change.before
    held = await held_for(connection, s.id)
    coded = [(i, part) for i, part in enumerate(parts) if part.code]
    moves = releases(held)
    if coded:
        moves += await _taken(change, coded, held, old_parts)
    await post(connection, moves, made_by=change.actor.id, now=change.now, ticket_id=s.id)
    if parts:
        await connection.execute(
            _FITTED,
            s.id,
            s.visit and s.visit.id,
            [part.code for part in parts],
            [part.name for part in parts],
            [part.quantity for part in parts],
            [part.serial_number for part in parts],
            old_parts,
            change.now,
        )


async def _taken(
    change: Change, coded: list[tuple[int, PartIn]], held: Sequence[asyncpg.Record], old_parts: str
) -> list[Move]:
    places = await places_of(change.connection, change.before)
    codes = sorted({part.code for _, part in coded})
    about = {row["code"]: row for row in await change.connection.fetch(_SERIALISED, codes)}
    rows = await change.connection.fetch(_STOCK, codes, [place.id for place in places])
    free = {(row["place_id"], row["part_code"]): row["free"] for row in rows}
    for row in held:
        free[row["place_id"], row["part_code"]] = (
            free.get((row["place_id"], row["part_code"]), 0) + row["quantity"]
        )
    moves: list[Move] = []
    for i, part in coded:
        if about[part.code]["serialised"] and not part.serial_number:
            msg = f"{part.name}有序列号，请扫码或填写。"
            raise InvalidInput.at(f"body.parts.{i}.serial_number", msg, "missing")
        moves += _from_places(i, part, places, free)
        if old_parts == "taken_back" and about[part.code]["returnable"]:
            van = places[0]
            moves.append(Move(van.id, van.kind, part.code, Reason.TAKE_BACK, defective=part.quantity))
    return moves


def _from_places(
    i: int, part: PartIn, places: tuple[Place, ...], free: dict[tuple[str, str], int]
) -> list[Move]:
    missing = part.quantity
    moves: list[Move] = []
    for place in places:
        taken = min(missing, max(0, free.get((place.id, part.code), 0)))
        if taken:
            free[place.id, part.code] -= taken
            moves.append(Move(place.id, PlaceKind(place.kind), part.code, Reason.USE, on_hand=-taken))
        missing -= taken
    if missing:
        msg = f"{part.name}在您的车上和网点都没有库存，请先登记入库或调拨。"
        raise InvalidInput.at(f"body.parts.{i}.code", msg, "out_of_stock")
    return moves

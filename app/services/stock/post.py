"""The ledger of the stock: every movement is an entry, and the balances move in the same statement.

Rows are locked by place and part, in that order, after tickets, rosters and visits.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import asyncpg

from app.domain.parts import PlaceKind, Reason
from app.errors import Conflict, InvalidInput

_KNOWN = "SELECT code FROM parts WHERE code = ANY ($1::text[])"
_ROWS = """
INSERT INTO stock (place_id, place_kind, part_code)
SELECT DISTINCT n.place, n.kind, n.part FROM unnest($1::uuid[], $2::text[], $3::text[]) AS n (place, kind, part)
 ORDER BY n.place, n.part
ON CONFLICT DO NOTHING
"""
_LOCK = """
SELECT place_id::text, part_code, on_hand, reserved, defective FROM stock
 WHERE (place_id, part_code) IN (SELECT * FROM unnest($1::uuid[], $2::text[]))
 ORDER BY place_id, part_code FOR NO KEY UPDATE
"""
_POST = """
WITH entry AS (
    INSERT INTO stock_entries (place_id, part_code, reason, on_hand, reserved, defective, ticket_id, note, made_by, at)
    SELECT n.place, n.part, n.reason, n.on_hand, n.reserved, n.defective, $7, $8, $9, $10
      FROM unnest($1::uuid[], $2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[])
           AS n (place, part, reason, on_hand, reserved, defective)
    RETURNING place_id, part_code, on_hand, reserved, defective
), moved AS (
    SELECT place_id, part_code, sum(on_hand) AS on_hand, sum(reserved) AS reserved, sum(defective) AS defective
      FROM entry GROUP BY 1, 2
)
UPDATE stock s SET on_hand = s.on_hand + m.on_hand, reserved = s.reserved + m.reserved,
                   defective = s.defective + m.defective
  FROM moved m WHERE s.place_id = m.place_id AND s.part_code = m.part_code
"""
_ELSEWHERE = """
SELECT s.place_id::text, s.place_kind, coalesce(p.name, f.name) AS name, s.on_hand - s.reserved AS free
  FROM stock s LEFT JOIN service_points p ON p.id = s.place_id LEFT JOIN staff f ON f.id = s.place_id
 WHERE s.part_code = $1 AND s.on_hand > s.reserved ORDER BY s.place_kind, free DESC, s.place_id LIMIT 5
"""


class OutOfStock(Conflict):
    """``elsewhere`` beside the error says where else there is some."""

    code = "out_of_stock"


@dataclass(frozen=True)
class Move:
    """What changes at one place; negative numbers take away."""

    place_id: str
    place_kind: PlaceKind
    part_code: str
    reason: Reason
    on_hand: int = 0
    reserved: int = 0
    defective: int = 0


async def post(
    connection: asyncpg.Connection,
    moves: Sequence[Move],
    *,
    made_by: str,
    now: datetime,
    ticket_id: int | None = None,
    note: str = "",
) -> None:
    """All of them or none. Errors: invalid_input for parts that nobody knows, out_of_stock."""
    if not moves:
        return
    await _known(connection, moves)
    places, parts = [m.place_id for m in moves], [m.part_code for m in moves]
    await connection.execute(_ROWS, places, [m.place_kind.value for m in moves], parts)
    rows = await connection.fetch(_LOCK, places, parts)
    await _enough(connection, moves, rows)
    await connection.execute(
        _POST,
        places,
        parts,
        [m.reason.value for m in moves],
        [m.on_hand for m in moves],
        [m.reserved for m in moves],
        [m.defective for m in moves],
        ticket_id,
        note,
        made_by,
        now,
    )


async def _known(connection: asyncpg.Connection, moves: Iterable[Move]) -> None:
    wanted = {move.part_code for move in moves}
    known = {row["code"] for row in await connection.fetch(_KNOWN, sorted(wanted))}
    if unknown := sorted(wanted - known):
        msg = f"没有这些配件编码：{'、'.join(unknown)}，请从配件目录中选择。"
        raise InvalidInput.at("body.parts", msg, "unknown_part")


async def _enough(
    connection: asyncpg.Connection, moves: Sequence[Move], rows: Sequence[asyncpg.Record]
) -> None:
    """Nothing is taken that is not there, or that is held for another ticket."""
    moved: defaultdict[tuple[str, str], list[Move]] = defaultdict(list)
    for move in moves:
        moved[move.place_id, move.part_code].append(move)
    for row in rows:
        here = moved[row["place_id"], row["part_code"]]
        on_hand = row["on_hand"] + sum(m.on_hand for m in here)
        reserved = row["reserved"] + sum(m.reserved for m in here)
        defective = row["defective"] + sum(m.defective for m in here)
        if min(on_hand, reserved, defective, on_hand - reserved) < 0:
            raise await out_of_stock(connection, row["part_code"])


async def out_of_stock(connection: asyncpg.Connection, part_code: str) -> OutOfStock:
    elsewhere = [dict(row) for row in await connection.fetch(_ELSEWHERE, part_code)]
    return OutOfStock(f"配件 {part_code} 库存不足，请从其他地点调拨或订购。", extra={"elsewhere": elsewhere})

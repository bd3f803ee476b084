"""What lies where, and the catalogue of parts."""

import asyncpg

from app.domain.actor import Actor
from app.domain.lifecycle import Role
from app.domain.parts import PlaceKind
from app.errors import NotFound
from app.schemas.parts import PartList, PartOut, StockLine, StockOut
from app.services.rosters.engineers import in_charge

_STOCK = """
SELECT s.part_code, p.name, s.on_hand, s.reserved, s.on_hand - s.reserved AS free, s.defective
  FROM stock s JOIN parts p ON p.code = s.part_code
 WHERE s.place_id = $1::uuid AND s.place_kind = $2 AND (s.on_hand > 0 OR s.defective > 0)
 ORDER BY s.part_code
"""
_PARTS = """
SELECT code, name, category, aliases, serialised, returnable FROM parts
 WHERE active AND ($1 = '' OR category = $1)
   AND ($2 = '' OR name ILIKE '%' || $2 || '%' OR code ILIKE $2 || '%' OR $2 = ANY (aliases))
 ORDER BY category, code LIMIT 200
"""


async def read_stock(
    connection: asyncpg.Connection, kind: PlaceKind, place_id: str, *, actor: Actor
) -> StockOut:
    """A van is seen by its engineer, by the dispatcher of its contractor and by the desk."""
    await may_see(connection, actor, kind, place_id)
    rows = await connection.fetch(_STOCK, place_id, kind.value)
    return StockOut(items=[StockLine(**row) for row in rows])


async def may_see(connection: asyncpg.Connection, actor: Actor, kind: PlaceKind, place_id: str) -> None:
    """To whoever may not, there is no such place."""
    if kind is PlaceKind.VAN:
        await in_charge(connection, actor, place_id)
    elif actor.role is Role.CONTRACTOR or not actor.answers_for(place_id):
        raise NotFound("没有找到这个仓位。")


async def read_catalogue(connection: asyncpg.Connection, category: str, said: str) -> PartList:
    escaped = said.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return PartList(items=[PartOut(**row) for row in await connection.fetch(_PARTS, category, escaped)])

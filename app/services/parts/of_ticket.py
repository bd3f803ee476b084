"""The parts of a ticket: what triage expects, what is held, what is on order and what was fitted."""

import asyncpg

from app.domain.actor import Actor
from app.domain.parts import means
from app.domain.situation import Situation
from app.errors import Forbidden
from app.schemas.parts import AvailableAt, Fitted, Held, OrderOut, Suggested, TicketParts
from app.services.parts.orders import orders_of
from app.services.parts.places import places_of
from app.services.parts.reserved import held_for
from app.services.tickets.load import load
from app.services.tickets.present import at_the_job

_OF_CATEGORY = "SELECT code, name, aliases FROM parts WHERE category = $1 AND active ORDER BY code"
_FREE = """
SELECT s.part_code, s.place_kind, s.on_hand - s.reserved AS free, coalesce(p.name, f.name) AS place,
       s.place_id = ANY ($2::uuid[]) AS near
  FROM stock s LEFT JOIN service_points p ON p.id = s.place_id LEFT JOIN staff f ON f.id = s.place_id
 WHERE s.part_code = ANY ($1::text[]) AND s.on_hand > s.reserved
   AND (s.place_kind = 'point' OR s.place_id = ANY ($2::uuid[]))
 ORDER BY near DESC, s.place_kind DESC, free DESC, place
"""
_FITTED = """
SELECT part_code, name, quantity, serial_number, old_part, fitted_at FROM fitted_parts WHERE ticket_id = $1 ORDER BY id
"""


async def read_parts(connection: asyncpg.Connection, number: str, *, actor: Actor) -> TicketParts:
    s = await load(connection, number, actor)
    if not at_the_job(s, actor):
        raise Forbidden
    return await parts_of(connection, s)


async def parts_of(connection: asyncpg.Connection, s: Situation) -> TicketParts:
    return TicketParts(
        suggested=await _suggested(connection, s),
        reserved=[
            Held(part_code=row["part_code"], place_kind=row["place_kind"], quantity=row["quantity"])
            for row in await held_for(connection, s.id)
        ],
        orders=[
            OrderOut.model_validate(order, from_attributes=True)
            for order in await orders_of(connection, s.id)
        ],
        fitted=[Fitted(**row) for row in await connection.fetch(_FITTED, s.id)],
    )


async def _suggested(connection: asyncpg.Connection, s: Situation) -> list[Suggested]:
    """In triage's order. What the catalogue does not know is shown by its name alone."""
    known = await connection.fetch(_OF_CATEGORY, s.category)
    found = [
        (said, next((row for row in known if means(row["name"], tuple(row["aliases"]), said)), None))
        for said in s.diagnosis.parts
    ]
    codes = [row["code"] for _, row in found if row]
    near = [place.id for place in await places_of(connection, s)]
    free = await connection.fetch(_FREE, codes, near)
    return [
        Suggested(
            name=row["name"] if row else said.split("/")[0],
            part_code=row["code"] if row else None,
            available=[
                AvailableAt(place=f["place"], place_kind=f["place_kind"], quantity=f["free"])
                for f in free
                if row and f["part_code"] == row["code"]
            ],
        )
        for said, row in found
    ]

"""Where a ticket's parts come from, nearest first: the van of its engineer, his service point."""

from dataclasses import dataclass

import asyncpg

from app.domain.parts import PlaceKind
from app.domain.situation import Situation

_POINT = "SELECT service_point_id::text FROM staff WHERE id = $1::uuid"


@dataclass(frozen=True)
class Place:
    id: str
    kind: PlaceKind


async def places_of(connection: asyncpg.Connection, s: Situation) -> tuple[Place, ...]:
    if s.engineer_id is None:
        return (Place(s.service_point_id, PlaceKind.POINT),) if s.service_point_id else ()
    van = Place(s.engineer_id, PlaceKind.VAN)
    point = await connection.fetchval(_POINT, s.engineer_id) or s.service_point_id
    return (van, Place(point, PlaceKind.POINT)) if point else (van,)

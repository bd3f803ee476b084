"""A service point as a visitor of its code sees it."""

from dataclasses import dataclass

import asyncpg

from app.errors import NotFound
from app.models.wechat import ScenePurpose
from app.services.doors.scenes import Scene

_POINT = "SELECT name, city, districts, phone FROM service_points WHERE id = $1"
_POINTS = "SELECT name, city, districts, phone FROM service_points ORDER BY city, name"


@dataclass(frozen=True)
class Point:
    name: str
    city: str
    districts: tuple[str, ...]
    phone: str


async def read_point(connection: asyncpg.Connection, scene: Scene) -> Point:
    if scene.purpose is not ScenePurpose.SERVICE_POINT:
        raise NotFound
    row = await connection.fetchrow(_POINT, scene.subject_id)
    if row is None:
        raise NotFound
    return _point(row)


async def list_points(connection: asyncpg.Connection) -> list[Point]:
    """All of them, by city."""
    return [_point(row) for row in await connection.fetch(_POINTS)]


def _point(row: asyncpg.Record) -> Point:
    return Point(row["name"], row["city"], tuple(row["districts"]), row["phone"])

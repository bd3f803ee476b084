"""The service point whose day is asked for."""

import asyncpg

from app.domain.actor import Actor
from app.errors import NotFound

_KNOWN = "SELECT EXISTS (SELECT FROM service_points WHERE id = $1::uuid)"


async def known_point(connection: asyncpg.Connection, service_point_id: str, actor: Actor) -> None:
    """NotFound as well for whoever answers for other service points only."""
    if not actor.answers_for(service_point_id) or not await connection.fetchval(_KNOWN, service_point_id):
        raise NotFound("没有找到这个网点。")

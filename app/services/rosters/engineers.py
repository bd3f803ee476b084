"""Whose roster it is, and whether the caller may look at it."""

import asyncpg

from app.domain.actor import Actor
from app.domain.lifecycle import Role
from app.errors import NotFound

_THEIRS = """
SELECT EXISTS (SELECT FROM engineers e JOIN staff s ON s.id = e.id
                WHERE e.id = $1::uuid AND s.contractor_id = $2::uuid)
"""
_OF_POINTS = """
SELECT EXISTS (SELECT FROM engineers e JOIN staff s ON s.id = e.id
                WHERE e.id = $1::uuid AND s.service_point_id = ANY ($2::uuid[]))
"""
_KNOWN = "SELECT EXISTS (SELECT FROM engineers WHERE id = $1::uuid)"
_NAME = "SELECT s.name FROM engineers e JOIN staff s ON s.id = e.id WHERE e.id = $1::uuid"


async def known(connection: asyncpg.Connection, engineer_id: str) -> None:
    if not await connection.fetchval(_KNOWN, engineer_id):
        raise NotFound("没有找到这位工程师。")


async def name_of(connection: asyncpg.Connection, engineer_id: str) -> str:
    found: str | None = await connection.fetchval(_NAME, engineer_id)
    if found is None:
        raise NotFound("没有找到这位工程师。")
    return found


async def in_charge(connection: asyncpg.Connection, actor: Actor, engineer_id: str) -> None:
    """An engineer sees and enters what concerns himself, a contractor's dispatcher what concerns its engineers, the
    desk of some service points what concerns theirs; of the others they hear that there are none."""
    if actor.role is Role.ENGINEER:
        his = actor.id == engineer_id
    elif actor.role is Role.CONTRACTOR:
        his = await connection.fetchval(_THEIRS, engineer_id, actor.contractor_id)
    elif actor.points is not None:
        his = await connection.fetchval(_OF_POINTS, engineer_id, actor.points)
    else:
        return
    if not his:
        raise NotFound("没有找到这位工程师。")

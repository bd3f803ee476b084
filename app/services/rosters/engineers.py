"""Whose roster it is, and whether the caller may look at it."""

import asyncpg

from app.domain.actor import Actor
from app.domain.lifecycle import Role
from app.errors import NotFound

_KNOWN = "SELECT EXISTS (SELECT FROM engineers WHERE id = $1::uuid)"


async def known(connection: asyncpg.Connection, engineer_id: str) -> None:
    if not await connection.fetchval(_KNOWN, engineer_id):
        raise NotFound("没有找到这位工程师。")


def his_own(actor: Actor, engineer_id: str) -> None:
    """An engineer sees and enters what concerns himself; of the others he hears that there are none."""
    if actor.role is Role.ENGINEER and actor.id != engineer_id:
        raise NotFound("没有找到这位工程师。")

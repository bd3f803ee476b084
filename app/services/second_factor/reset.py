"""An administrator takes off the second factor of somebody who has lost his phone and his recovery codes."""

from datetime import datetime
from uuid import UUID

import asyncpg

from app.domain.actor import SYSTEM, Actor
from app.errors import Conflict
from app.services.audit.note import Action, note
from app.services.second_factor.enrol import put_out
from app.services.staff.accounts import read_account, require_another
from app.services.staff.password import NoSuchStaff, sign_out_everywhere


class SecondFactorOff(Conflict):
    code, msg = "second_factor_off", "这个账号没有开启两步验证，不用重置。"


async def reset_by_operator(connection: asyncpg.Connection, username: str, *, now: datetime) -> None:
    """On the machine itself, for the only administrator. Errors: no_such_staff, second_factor_off."""
    staff_id = await connection.fetchval("SELECT id FROM staff WHERE username = $1", username)
    if staff_id is None:
        raise NoSuchStaff
    await _take_off(connection, staff_id, now)
    await note(connection, SYSTEM, Action.SECOND_FACTOR_RESET, username, reason="huixiang staff", now=now)


async def reset(
    connection: asyncpg.Connection,
    staff_id: UUID,
    reason: str,
    *,
    actor: Actor,
    network: str,
    now: datetime,
) -> None:
    """Whoever is signed in as him is signed out. Errors: not_found, not_yourself, second_factor_off."""
    account = await read_account(connection, staff_id)
    require_another(account, actor)
    await _take_off(connection, staff_id, now)
    await note(
        connection,
        actor,
        Action.SECOND_FACTOR_RESET,
        account.username,
        reason=reason,
        network=network,
        now=now,
    )


async def _take_off(connection: asyncpg.Connection, staff_id: UUID, now: datetime) -> None:
    if not await put_out(connection, staff_id):
        raise SecondFactorOff
    await sign_out_everywhere(connection, staff_id, now)

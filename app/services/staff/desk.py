"""What an administrator does to accounts, each with its line in the log."""

from datetime import datetime
from uuid import UUID

import asyncpg

from app.domain.actor import Actor
from app.models.people import StaffRole
from app.schemas.staff import NewAccountIn
from app.services.audit.note import Action, note
from app.services.staff.accounts import (
    ROLE_LABELS,
    Account,
    check_points,
    read_account,
    require_another,
)
from app.services.staff.disable import disable
from app.services.staff.hire import NewStaff, hire
from app.services.staff.password import change_password


async def add_account(
    connection: asyncpg.Connection, body: NewAccountIn, *, actor: Actor, network: str, now: datetime
) -> Account:
    """For the desk. Errors: username_taken, invalid_input."""
    role = StaffRole(body.role)
    await check_points(connection, role, body.points)
    new = NewStaff(body.username, body.password, role, body.name, body.phone, points=tuple(body.points))
    staff_id = await hire(connection, new)
    reason = ROLE_LABELS[role]
    await note(connection, actor, Action.HIRE, body.username, reason=reason, network=network, now=now)
    return await read_account(connection, staff_id)


async def reset_password(
    connection: asyncpg.Connection,
    staff_id: UUID,
    password: str,
    *,
    actor: Actor,
    network: str,
    now: datetime,
) -> None:
    """Whoever was signed in with the old one is signed out. Errors: not_found, invalid_input."""
    account = await read_account(connection, staff_id)
    await change_password(connection, account.username, password, now=now)
    await note(connection, actor, Action.PASSWORD, account.username, network=network, now=now)


async def end_account(
    connection: asyncpg.Connection, staff_id: UUID, *, actor: Actor, network: str, now: datetime
) -> list[str]:
    """The numbers of the jobs that he still has in hand. Errors: not_found, not_yourself."""
    account = await read_account(connection, staff_id)
    require_another(account, actor)
    in_hand = await disable(connection, account.username)
    await note(connection, actor, Action.DISABLE, account.username, network=network, now=now)
    return in_hand

"""Write down who did what to what, in the transaction in which it is done."""

from datetime import datetime
from enum import StrEnum

import asyncpg

from app.domain.actor import Actor

_NOTE = """
INSERT INTO audit_log (at, actor_role, actor_id, action, subject, reason, network) VALUES ($1, $2, $3, $4, $5, $6, $7)
"""


class Action(StrEnum):
    # A form of the console; the subject is its address.
    DESK = "desk"
    SIGN_IN = "sign_in"
    # The subject is the username, if it is somebody's: people type passwords into the wrong field.
    SIGN_IN_FAILED = "sign_in_failed"
    # The password was right, the code of the second factor was not.
    CODE_FAILED = "sign_in_code_failed"
    EXPORT = "export_list"
    HIRE = "staff_added"
    RIGHTS = "staff_rights"
    PASSWORD = "staff_password"  # noqa: S105
    ENGINEER = "engineer_changed"
    # Of a customer, by hand.
    POINTS = "points_corrected"
    DISABLE = "staff_disabled"
    ENABLE = "staff_enabled"
    SECOND_FACTOR_ON = "second_factor_on"
    SECOND_FACTOR_OFF = "second_factor_off"
    SECOND_FACTOR_RESET = "second_factor_reset"
    SECOND_FACTOR_ROLES = "second_factor_roles"
    RECOVERY_CODES = "recovery_codes_renewed"


async def note(
    connection: asyncpg.Connection,
    actor: Actor,
    action: Action,
    subject: str,
    *,
    reason: str = "",
    network: str = "",
    now: datetime,
) -> None:
    await connection.execute(
        _NOTE, now, actor.role.value, actor.id, action.value, subject[:300], reason[:500], network
    )


async def note_stranger(
    connection: asyncpg.Connection, action: Action, subject: str, *, network: str, now: datetime
) -> None:
    """Of somebody who has not said, or not proved, who he is."""
    await connection.execute(_NOTE, now, "anonymous", "", action.value, subject, "", network)

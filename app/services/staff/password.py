"""A new password for a member of staff; whoever was signed in with the old one is signed out."""

from datetime import datetime
from uuid import UUID

import asyncpg

from app.errors import InvalidInput, NotFound
from app.services.sessions.staff import hash_password

SHORTEST = 10

_CHANGE = "UPDATE staff SET password_hash = $2 WHERE username = $1 RETURNING id"
_SIGN_OUT = "UPDATE sessions SET revoked_at = $2 WHERE staff_id = $1 AND revoked_at IS NULL"


class NoSuchStaff(NotFound):
    code, msg = "no_such_staff", "没有这个用户名的员工。"


def check_password(password: str) -> None:
    if not SHORTEST <= len(password) <= 128:
        raise InvalidInput.at("password", f"密码至少 {SHORTEST} 个字符，最多 128 个。", "length")


async def change_password(
    connection: asyncpg.Connection, username: str, password: str, *, now: datetime
) -> None:
    """The caller gives a transaction. Errors: no_such_staff, invalid_input."""
    check_password(password)
    staff_id = await connection.fetchval(_CHANGE, username, hash_password(password))
    if staff_id is None:
        raise NoSuchStaff
    await sign_out_everywhere(connection, staff_id, now)


async def sign_out_everywhere(connection: asyncpg.Connection, staff_id: UUID, now: datetime) -> None:
    await connection.execute(_SIGN_OUT, staff_id, now)

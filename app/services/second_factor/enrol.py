"""A second factor is begun with a secret, and counts once a code has proved that the phone has it."""

from dataclasses import dataclass
from datetime import datetime

import asyncpg

from app.errors import Conflict
from app.services.codes import digest, new_code
from app.services.credentials.keyring import KeyRing
from app.services.second_factor.check import SHOWN, shown, tidy
from app.services.second_factor.totp import RECOVERY_CODES, new_secret, uri

_BEGIN = """
INSERT INTO second_factors AS f (staff_id, secret, last_step, created_at) VALUES ($1::uuid, $2, 0, $3)
ON CONFLICT (staff_id) DO UPDATE SET secret = excluded.secret, last_step = 0, created_at = excluded.created_at
 WHERE f.proved_at IS NULL
RETURNING (SELECT username FROM staff s WHERE s.id = f.staff_id)
"""
_BEGUN = "SELECT secret, last_step FROM second_factors WHERE staff_id = $1 AND proved_at IS NULL FOR UPDATE"
_PROVED = "UPDATE second_factors SET proved_at = $2, last_step = $3 WHERE staff_id = $1"
_FORGET = "DELETE FROM recovery_codes WHERE staff_id = $1"
_KEEP = "INSERT INTO recovery_codes (staff_id, digest, created_at) SELECT $1::uuid, unnest($2::bytea[]), $3"
_OFF = "DELETE FROM second_factors WHERE staff_id = $1 RETURNING proved_at"


class SecondFactorOn(Conflict):
    code, msg = "second_factor_on", "两步验证已经开启；换手机请先用动态码或恢复码关闭，再重新开启。"


@dataclass(frozen=True)
class Begun:
    """``secret`` is for typing, ``uri`` for the QR code; both are told this once."""

    secret: str
    uri: str


async def begin(connection: asyncpg.Connection, staff_id: object, *, ring: KeyRing, now: datetime) -> Begun:
    """Beginning again makes another secret, until one is proved. Errors: second_factor_on."""
    secret = new_secret()
    username = await connection.fetchval(_BEGIN, staff_id, ring.seal(secret), now)
    if username is None:
        raise SecondFactorOn
    return Begun(secret, uri(secret, username))


async def prove(
    connection: asyncpg.Connection, staff_id: object, code: str, *, ring: KeyRing, now: datetime
) -> list[str] | None:
    """His recovery codes, which are told this once; None when the code is wrong or nothing was begun."""
    said = tidy(code)
    if not SHOWN.fullmatch(said):
        return None
    step = shown(await connection.fetchrow(_BEGUN, staff_id), said, ring=ring, now=now)
    if step is None:
        return None
    await connection.execute(_PROVED, staff_id, now, step)
    return await new_recovery_codes(connection, staff_id, now=now)


async def new_recovery_codes(connection: asyncpg.Connection, staff_id: object, *, now: datetime) -> list[str]:
    """In the place of those that he had."""
    codes = [new_code() for _ in range(RECOVERY_CODES)]
    await connection.execute(_FORGET, staff_id)
    await connection.execute(_KEEP, staff_id, [digest(code) for code in codes], now)
    return ["-".join(code[at : at + 4] for at in range(0, len(code), 4)) for code in codes]


async def put_out(connection: asyncpg.Connection, staff_id: object) -> bool:
    """Whether there was one that counted."""
    await connection.execute(_FORGET, staff_id)
    return await connection.fetchval(_OFF, staff_id) is not None

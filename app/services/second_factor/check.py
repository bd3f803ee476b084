"""Whether a code is right: of his phone, or one of his recovery codes. Each counts once."""

import re
from datetime import datetime
from enum import StrEnum

import asyncpg

from app.services.codes import PATTERN, digest
from app.services.credentials.keyring import KeyRing
from app.services.second_factor.totp import DIGITS, step_shown

_SECRET = (
    "SELECT secret, last_step FROM second_factors WHERE staff_id = $1 AND proved_at IS NOT NULL FOR UPDATE"  # noqa: S105
)
_USE_STEP = "UPDATE second_factors SET last_step = $2 WHERE staff_id = $1"
_USE_CODE = """
UPDATE recovery_codes SET used_at = $3 WHERE staff_id = $1 AND digest = $2 AND used_at IS NULL RETURNING 1
"""
SHOWN = re.compile(rf"[0-9]{{{DIGITS}}}")


class Means(StrEnum):
    """By what somebody proved himself, as the login log says it."""

    PHONE = "动态码"
    RECOVERY = "恢复码"


async def check(
    connection: asyncpg.Connection, staff_id: object, code: str, *, ring: KeyRing, now: datetime
) -> Means | None:
    """None for a code that is wrong, stale or used. The row is locked, so that two who show the same code at once are
    one who is let in."""
    said = tidy(code)
    if SHOWN.fullmatch(said):
        row = await connection.fetchrow(_SECRET, staff_id)
        step = shown(row, said, ring=ring, now=now)
        if step is None:
            return None
        await connection.execute(_USE_STEP, staff_id, step)
        return Means.PHONE
    if re.fullmatch(PATTERN, said) and await connection.fetchval(_USE_CODE, staff_id, digest(said), now):
        return Means.RECOVERY
    return None


def shown(row: asyncpg.Record | None, code: str, *, ring: KeyRing, now: datetime) -> int | None:
    """The step of ``code`` by a row of ``secret`` and ``last_step``; None as well for a secret that no key opens."""
    secret = ring.open(row["secret"]) if row is not None else None
    if row is None or secret is None:
        return None
    return step_shown(secret, code, now=now, after=row["last_step"])


def tidy(code: str) -> str:
    """As it is kept: people type what they see with its gaps."""
    return re.sub(r"[\s-]", "", code).upper()

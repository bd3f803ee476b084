"""A signed note that somebody's password was right a moment ago: it leads to the second step, and is no session."""

import hashlib
from datetime import datetime, timedelta
from uuid import UUID

import jwt
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.errors import Unauthenticated
from app.models import Staff

# Time enough to set up an authenticator on the phone.
LIFETIME = timedelta(minutes=10)
# Another audience than any session has: this note must never pass for a bearer token.
_AUDIENCE = "second-factor"
_ALGORITHM = "HS256"


class ChallengeOver(Unauthenticated):
    code, title, msg = "challenge_over", "Begin again", "时间太久了，请重新输入用户名和密码。"


def new_challenge(staff: Staff, *, now: datetime, key: bytes) -> str:
    said = {
        "aud": _AUDIENCE,
        "sub": str(staff.id),
        "exp": int((now + LIFETIME).timestamp()),
        "of": _mark(staff),
    }
    return jwt.encode(said, key, _ALGORITHM)


async def challenged(session: AsyncSession, challenge: str, *, now: datetime, key: bytes) -> Staff:
    """Whom it is about. Raises ChallengeOver, also when he has left or has another password since."""
    try:
        said = jwt.decode(
            challenge,
            key,
            algorithms=[_ALGORITHM],
            audience=_AUDIENCE,
            options={"require": ["exp", "aud", "sub"], "verify_exp": False},
        )
        whose, until, mark = UUID(said["sub"]), said["exp"], said["of"]
    except (jwt.InvalidTokenError, ValueError, TypeError, KeyError) as error:
        raise ChallengeOver from error
    staff = await session.scalar(select(Staff).where(Staff.id == whose, Staff.active))
    if staff is None or until <= now.timestamp() or mark != _mark(staff):
        raise ChallengeOver
    return staff


def _mark(staff: Staff) -> str:
    """Tells one password from the next, and nothing of either."""
    return hashlib.sha256(staff.password_hash.encode()).hexdigest()[:16]

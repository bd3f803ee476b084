"""Bearer tokens: a signed note of which session row to look at. The row decides, the token only names it."""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property, lru_cache

import jwt

from app.domain.actor import Actor
from app.domain.lifecycle import Role
from app.errors import Unauthenticated
from app.models.people import Audience

ALGORITHM = "HS256"
_CLAIMS = ["exp", "iat", "aud", "sub", "jti"]
_NO_TOKEN_IS_LONGER = 1024


@dataclass(frozen=True)
class Claims:
    audience: Audience
    subject: uuid.UUID
    session_id: uuid.UUID
    expires_at: datetime

    @cached_property
    def customer(self) -> Actor | None:
        """Whom they name, if a customer; made once for a token, however often it is shown."""
        if self.audience is not Audience.CUSTOMER:
            return None
        return Actor(Role.CUSTOMER, str(self.subject), str(self.session_id))


def encode(claims: Claims, *, key: bytes, now: datetime) -> str:
    payload = {
        "aud": claims.audience.value,
        "sub": str(claims.subject),
        "jti": str(claims.session_id),
        "iat": int(now.timestamp()),
        "exp": int(claims.expires_at.timestamp()),
    }
    return jwt.encode(payload, key, ALGORITHM)


def decode(token: str, *, key: bytes, now: datetime) -> Claims:
    if len(token) > _NO_TOKEN_IS_LONGER:
        raise Unauthenticated
    claims = _verified(token, key)
    if claims is None or claims.expires_at <= now:
        raise Unauthenticated
    return claims


@lru_cache(maxsize=8192)
def _verified(token: str, key: bytes) -> Claims | None:
    """Costs 50 µs, hence the cache. Expiry is left to the caller, who knows what time it is."""
    try:
        payload = jwt.decode(
            token,
            key,
            algorithms=[ALGORITHM],
            audience=[audience.value for audience in Audience],
            options={"require": _CLAIMS, "verify_exp": False, "verify_iat": False, "strict_aud": False},
        )
        return Claims(
            audience=Audience(payload["aud"]),
            subject=uuid.UUID(payload["sub"]),
            session_id=uuid.UUID(payload["jti"]),
            expires_at=datetime.fromtimestamp(payload["exp"], UTC),
        )
    except (jwt.InvalidTokenError, ValueError, TypeError, AttributeError, OverflowError):
        return None

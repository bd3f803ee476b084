"""A second factor by time (TOTP, RFC 6238): a secret that a phone keeps, and the code that it shows half a minute."""

import base64
import hmac
import secrets
from datetime import datetime

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

DIGITS = 6
STEP = 30
ISSUER = "回响"
RECOVERY_CODES = 10
# A phone's clock may be half a minute off, and a person takes time to type.
_AROUND = (-1, 0, 1)
# The length of the digest, as RFC 4226 recommends.
_SECRET_BYTES = 20


def new_secret() -> str:
    """In base32, as apps take it when somebody types it."""
    return base64.b32encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def uri(secret: str, username: str) -> str:
    """What an authenticator app reads from the QR code."""
    return _totp(secret).get_provisioning_uri(username, ISSUER)


def step_of(at: datetime) -> int:
    return int(at.timestamp()) // STEP


def code_at(secret: str, step: int) -> str:
    return _totp(secret).generate(step * STEP).decode()


def step_shown(secret: str, code: str, *, now: datetime, after: int) -> int | None:
    """The step whose code this is, of those around now; one that is not ``after`` has been used and counts no more."""
    found = None
    for step in (step_of(now) + each for each in _AROUND):
        # All of them are compared, so that the time taken says nothing.
        if hmac.compare_digest(code_at(secret, step), code) and step > after:
            found = step
    return found


def _totp(secret: str) -> TOTP:
    # SHA-1 is what every app can; the attacks on it concern collisions, which HMAC does not rest on.
    return TOTP(base64.b32decode(secret), DIGITS, SHA1(), STEP)  # noqa: S303

from datetime import datetime
from typing import Annotated

from pydantic import Field, StringConstraints

from app.models.people import StaffRole
from app.schemas.common import Input, NeededLine, Output
from app.schemas.sessions import Challenge, Password, SecondCode


class SecondFactorOut(Output):
    """``since`` is null for whoever signs in by password alone; ``demanded`` of everybody with his role."""

    since: datetime | None
    demanded: bool
    recovery_codes_left: int


class BeginIn(Input):
    password: Password


class ChallengedIn(Input):
    challenge: Challenge


class BegunOut(Output):
    """``secret`` is base32, for typing; ``uri`` (otpauth) is what a QR code holds. Told this once."""

    secret: str
    uri: str


class SecondCodeIn(Input):
    """What the phone shows, or where there is one already a recovery code."""

    code: SecondCode


class RecoveryCodesOut(Output):
    """Each stands in for the phone once. Told this once."""

    recovery_codes: list[str]


class SecondFactorRoles(Input):
    roles: Annotated[list[StaffRole], Field(max_length=len(StaffRole))]


class SecondFactorRolesOut(Output):
    roles: list[StaffRole]


class ResetIn(Input):
    reason: NeededLine


class OwnPasswordIn(Input):
    password: Password
    new_password: Annotated[str, StringConstraints(min_length=1, max_length=128)]

from typing import Annotated, Literal

from pydantic import StringConstraints

from app.domain.lifecycle import Role
from app.schemas.common import Input, Output

Code = Annotated[str, StringConstraints(min_length=1, max_length=128, pattern=r"^[\x21-\x7e]+$")]
Appid = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]
Username = Annotated[str, StringConstraints(min_length=1, max_length=60, pattern=r"^[\w.@+-]+$")]
Password = Annotated[str, StringConstraints(min_length=1, max_length=128)]


# With the gaps that people type; empty where nothing is asked for.
SecondCode = Annotated[str, StringConstraints(max_length=40, pattern=r"^[0-9A-Za-z -]*$")]
Challenge = Annotated[str, StringConstraints(min_length=1, max_length=1024, pattern=r"^[\x21-\x7e]+$")]


class MiniProgramSignIn(Input):
    code: Code
    # Of which of several mini-programs; the deployment's own when it is left out.
    appid: Appid | None = None


class StaffSignIn(Input):
    username: Username
    password: Password
    # Of his second factor, if he has one; it may follow in a call of its own (``second_factor_required``).
    code: SecondCode = ""


class SecondStep(Input):
    """``challenge`` is what the first step answered."""

    challenge: Challenge
    code: SecondCode


class CustomerOut(Output):
    id: str
    nickname: str
    phone_masked: str


class StaffOut(Output):
    id: str
    name: str
    role: Role


class CustomerSession(Output):
    access_token: str
    token_type: Literal["Bearer"]
    expires_in: int
    customer: CustomerOut


class StaffSession(Output):
    access_token: str
    token_type: Literal["Bearer"]
    expires_in: int
    staff: StaffOut
    # Of whoever has just set up his second factor; otherwise there are none to tell.
    recovery_codes: list[str]


class Me(Output):
    id: str
    name: str
    role: Role
    phone_masked: str
    phone_verified: bool

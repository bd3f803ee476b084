from typing import Annotated, Literal

from pydantic import StringConstraints

from app.domain.lifecycle import Role
from app.schemas.common import Input, Output

Code = Annotated[str, StringConstraints(min_length=1, max_length=128, pattern=r"^[\x21-\x7e]+$")]
Appid = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]
Username = Annotated[str, StringConstraints(min_length=1, max_length=60, pattern=r"^[\w.@+-]+$")]
Password = Annotated[str, StringConstraints(min_length=1, max_length=128)]


class MiniProgramSignIn(Input):
    code: Code
    # Of which of several mini-programs; the deployment's own when it is left out.
    appid: Appid | None = None


class StaffSignIn(Input):
    username: Username
    password: Password


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


class Me(Output):
    id: str
    name: str
    role: Role
    phone_masked: str
    phone_verified: bool

"""Accounts of the desk as forms bring them."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from app.schemas.common import Input, NeededWord, Phone
from app.schemas.sessions import Username

DeskRole = Literal["agent", "manager", "admin"]
# How short it may be is said by the service.
NewPassword = Annotated[str, StringConstraints(min_length=1, max_length=128)]
Points = Annotated[list[UUID], Field(max_length=100)]


class RightsIn(Input):
    """Without ``points`` somebody sees the tickets of the whole house."""

    role: DeskRole
    points: Points = []


class PasswordIn(Input):
    password: NewPassword


class NewAccountIn(RightsIn, PasswordIn):
    username: Username
    name: NeededWord
    phone: Phone | Literal[""] = ""

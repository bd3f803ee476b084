"""Accounts of staff as they cross the API."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from app.models.people import StaffRole
from app.schemas.common import Input, NeededWord, Output, Phone
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


class AccountOut(Output):
    """``points`` is null for whoever sees the whole house; ``home`` and ``contractor`` are where he belongs."""

    id: UUID
    username: str
    name: str
    role: StaffRole
    active: bool
    points: list[UUID] | None
    home: str
    contractor: str
    signed_in_at: datetime | None
    second_factor: bool


class AccountList(Output):
    items: list[AccountOut]


class EndedOut(Output):
    in_hand: list[str]

"""Households as they cross the API."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, StringConstraints

from app.schemas.common import Input, NeededWord, Output


def _as_printed(value: str) -> str:
    """Codes are typed from a chat: in small letters, and in groups."""
    return value.replace(" ", "").replace("-", "").upper()


HandedCode = Annotated[str, StringConstraints(min_length=1, max_length=40), AfterValidator(_as_printed)]
HouseholdName = Annotated[NeededWord, StringConstraints(max_length=20)]


class HouseholdIn(Input):
    name: HouseholdName


class OwnerIn(Input):
    member_id: UUID


class CodeIn(Input):
    code: HandedCode


class ShareIn(Input):
    """None: no longer shared."""

    household_id: UUID | None


class MemberOut(Output):
    id: str
    name_masked: str
    phone_masked: str
    is_owner: bool
    is_me: bool
    joined_at: datetime


class HouseholdOut(Output):
    id: str
    name: str
    # Whether the caller invites and removes.
    mine: bool
    members: list[MemberOut]


class HouseholdList(Output):
    items: list[HouseholdOut]


class InvitationOut(Output):
    """The only time that the code is shown; ``url`` opens in WeChat."""

    code: str
    url: str
    expires_at: datetime

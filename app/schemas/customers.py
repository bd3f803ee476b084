"""Customers as agents see them, and what customers say about themselves."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, StringConstraints, model_validator

from app.domain.content import CheckState
from app.models.people import MergeCause
from app.schemas.common import Input, NeededLine, Output, Phone, Word
from app.schemas.sessions import Appid, Code


def _has_a_letter(value: str) -> str:
    if not value:
        raise ValueError("请填写昵称。")
    return value


Nickname = Annotated[Word, StringConstraints(max_length=20), AfterValidator(_has_a_letter)]


class PhoneIn(Input):
    """Either what the button of the mini-program gave, or a number that was typed."""

    code: Code | None = None
    phone: Phone | None = None
    appid: Appid | None = None
    # Ask WeChat again, although it has told us a number before.
    replace: bool = False

    @model_validator(mode="after")
    def one_way(self) -> Self:
        if (self.code is None) == (self.phone is None):
            raise ValueError("请提供 code 或 phone 其中一项。")
        return self


class PhoneOut(Output):
    phone_masked: str
    phone_verified: bool
    # How many tickets that an agent had taken down for this number are now among one's own.
    joined_tickets: int


class ProfileIn(Input):
    nickname: Nickname


class ProfileOut(Output):
    nickname: str
    # Others see it once it has passed.
    nickname_state: CheckState


class CustomerCard(Output):
    id: str
    nickname: str
    phone_masked: str
    phone_verified: bool
    tickets: int
    assets: int
    wechat_accounts: int
    follows: bool
    created_at: datetime


class CustomerPage(Output):
    items: list[CustomerCard]
    next_cursor: str | None


class MoveOut(Output):
    name: str
    label: str
    count: int


class MergeConflict(Output):
    code: str
    msg: str


class MergePreview(Output):
    customer: CustomerCard
    into: CustomerCard
    moves: list[MoveOut]
    conflicts: list[MergeConflict]


class MergeIn(Input):
    customer_id: UUID
    into: UUID
    reason: NeededLine


class UndoIn(Input):
    reason: NeededLine


class MergeOut(Output):
    id: str
    customer_id: str
    into: str
    cause: MergeCause
    reason: str
    moved: list[MoveOut]
    merged_at: datetime
    undone_at: datetime | None


class MergePage(Output):
    items: list[MergeOut]
    next_cursor: str | None

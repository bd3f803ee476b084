"""The inbox as it crosses the API."""

from datetime import datetime
from typing import Annotated

from pydantic import Field, StringConstraints

from app.schemas.common import Input, Output

EntryId = Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{0,17}$")]


class LineOut(Output):
    label: str
    value: str


class EntryOut(Output):
    id: str
    kind: str
    title: str
    number: str
    lines: list[LineOut]
    at: datetime
    read: bool
    via: str | None
    reason: str | None


class InboxOut(Output):
    items: list[EntryOut]
    next_cursor: str | None
    unread: int = Field(description="At most 100, for “99+”.")


class ReadIn(Input):
    """Those named, or all up to one; nothing given means all."""

    ids: list[EntryId] | None = Field(default=None, max_length=200)
    up_to: EntryId | None = None


class UnreadOut(Output):
    unread: int

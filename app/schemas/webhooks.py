"""Webhooks as they cross the API."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from app.domain.webhooks.body import ALL
from app.schemas.common import Input, Line, Moment, Output

Url = Annotated[str, StringConstraints(min_length=1, max_length=1000)]
EventName = Annotated[str, StringConstraints(pattern=r"^(\*|[a-z_]{1,40})$")]


def _sorted(names: list[str]) -> list[str]:
    return [ALL] if ALL in names else sorted(set(names))


Events = Annotated[list[EventName], Field(min_length=1, max_length=100), AfterValidator(_sorted)]


class EndpointIn(Input):
    url: Url
    description: Line = ""
    events: Events


class EndpointPatch(Input):
    url: Url | None = None
    description: Line | None = None
    events: Events | None = None
    # "active" also switches on again what was switched off because it failed.
    state: Literal["active", "paused"] | None = None


class EndpointOut(Output):
    id: str
    url: str
    description: str
    events: list[str]
    state: Literal["active", "paused", "disabled"]
    failing_since: datetime | None
    # Until when the key before the current one signs too.
    previous_key_until: datetime | None
    waiting: int
    dead: int
    created_at: datetime


class EndpointWithKey(EndpointOut):
    # Shown this once.
    signing_key: str


class EndpointList(Output):
    items: list[EndpointOut]


class AttemptOut(Output):
    attempt: int
    started_at: datetime
    milliseconds: int | None
    status: int | None
    error: str | None
    answer: str | None


class DeliveryOut(Output):
    id: int
    event_id: str
    event: str
    ticket: str | None
    state: Literal["queued", "sending", "delivered", "dead"]
    due_at: datetime | None
    attempts: list[AttemptOut]
    created_at: datetime


class DeliveryPage(Output):
    items: list[DeliveryOut]
    next_cursor: str | None


class ReplayIn(Input):
    """One delivery, or what was created since a moment: dead ones, and on request those that were taken too."""

    delivery_id: Annotated[int, Field(ge=1, lt=2**63)] | None = None
    since: Moment | None = None
    delivered_too: bool = False

    @model_validator(mode="after")
    def one_or_since(self) -> Self:
        if (self.delivery_id is None) == (self.since is None):
            raise ValueError("请给出 delivery_id 或 since 其中一项。")
        return self


class ReplayOut(Output):
    queued: int

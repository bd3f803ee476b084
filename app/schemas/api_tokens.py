"""Tokens of other systems, and what those see of tickets: where each stands, and nobody's name or number."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from app.domain.lifecycle import State
from app.domain.situation import Channel, Priority, ServiceType
from app.models.api_tokens import Scope
from app.schemas.common import Input, Moment, NeededWord, Output
from app.schemas.tickets import NewTicket, WindowOut

Reference = Annotated[
    str,
    StringConstraints(min_length=1, max_length=100, pattern=r"^[\x21-\x7e]+$"),
]


class TokenIn(Input):
    name: NeededWord
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=len(Scope))]
    service_point_id: UUID | None = None
    expires_at: Moment


class TokenOut(Output):
    id: str
    name: str
    # How the token begins.
    prefix: str
    scopes: list[Scope]
    service_point_id: str | None
    expires_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None
    created_at: datetime


class NewToken(TokenOut):
    # Shown this once.
    token: str


class TokenList(Output):
    items: list[TokenOut]


class PartnerReport(NewTicket):
    """As every report, and the number under which the other system knows it."""

    external_reference: Reference


class PartnerTicket(Output):
    number: str
    external_reference: str | None
    channel: Channel
    service_type: ServiceType
    category: str
    state: State
    label: str
    priority: Priority
    promised_at: datetime
    promise: str
    service_point_id: str | None
    visit: WindowOut | None
    created_at: datetime
    completed_at: datetime | None
    closed_at: datetime | None


class PartnerTickets(Output):
    items: list[PartnerTicket]


class PartnerEvent(Output):
    seq: int
    event: str
    state: State
    at: datetime


class PartnerEvents(Output):
    items: list[PartnerEvent]

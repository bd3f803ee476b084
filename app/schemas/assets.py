"""Appliances and vehicles as they cross the API."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from app.domain.lifecycle import State
from app.domain.situation import Purpose, ServiceType, VisitState, Warranty
from app.models.tickets import AssetKind
from app.schemas.common import Input, NeededLine, NeededWord, Output, Word
from app.schemas.tickets import AddressIn, AddressOut
from app.schemas.warranties import PeriodOut


class AssetIn(Input):
    """``name`` is what its owner calls it; where it stands, he need not type again when he reports on it."""

    kind: AssetKind = AssetKind.APPLIANCE
    name: Word = ""
    room: Word = ""
    address: AddressIn | None = None
    category: NeededWord
    brand: Word = ""
    model: Word = ""
    serial_number: Word = ""
    plate_number: Word = ""
    purchased_on: date | None = None


class AssetChange(Input):
    """What is left out stays as it is. ``version`` is that which the caller saw: of another one nothing is changed."""

    version: Annotated[int, Field(ge=1, le=2**31)] | None = None
    name: Word = ""
    room: Word = ""
    address: AddressIn | None = None
    brand: Word = ""
    model: Word = ""
    serial_number: Word = ""
    plate_number: Word = ""
    purchased_on: date | None = None
    manufactured_on: date | None = None


class ProofIn(Input):
    """``purchased_on`` is the day that the proof shows, in the words of whoever uploads it."""

    attachment_id: UUID
    purchased_on: date


class VerificationIn(Input):
    purchased_on: date
    reason: NeededLine


class ServiceOut(Output):
    number: str
    service_type: ServiceType
    fault: str
    state: State
    label: str
    created_at: datetime
    completed_at: datetime | None


class AssetOut(Output):
    id: str
    kind: AssetKind
    category: str
    brand: str
    model: str
    serial_number: str
    plate_number: str
    purchased_on: date | None
    warranty: Warranty
    warranty_ends_on: date | None
    services: list[ServiceOut]
    # False for what somebody of a household shows to the caller, who may report on it and not change it.
    mine: bool = True
    household_id: str | None = None
    name: str = ""
    room: str = ""
    # Its owner's alone to see.
    address: AddressOut | None = None
    version: int = 1


class AssetList(Output):
    items: list[AssetOut]


class JobVisitOut(Output):
    state: VisitState
    arrived_at: datetime | None
    finished_at: datetime | None
    engineer: str


class JobPartOut(Output):
    name: str
    quantity: int


class JobPhotoOut(Output):
    purpose: Purpose
    url: str


class JobRatingOut(Output):
    attitude: int
    expertise: int
    timeliness: int
    conduct: int


class JobOut(Output):
    """``may_open``: whether the ticket itself is the caller's to look at; what others reported stays theirs."""

    number: str
    may_open: bool
    service_type: ServiceType
    fault: str
    state: State
    label: str
    warranty: Warranty
    created_at: datetime
    completed_at: datetime | None
    visits: list[JobVisitOut]
    solutions: list[str]
    parts: list[JobPartOut]
    quoted_fen: int | None
    charged_fen: int
    rating: JobRatingOut | None
    photos: list[JobPhotoOut]


class DocumentOut(Output):
    id: str
    purpose: Purpose
    url: str
    at: datetime


class ArchiveOut(Output):
    """``purchase``: a day that the customer claims, one that staff have verified, or none. ``address`` is for its owner
    and the desk."""

    id: str
    version: int
    name: str
    room: str
    address: AddressOut | None
    kind: AssetKind
    category: str
    brand: str
    model: str
    serial_number: str
    plate_number: str
    mine: bool
    household_id: str | None
    # To its owner, while it is offered to somebody.
    offered_until: datetime | None
    # Off its owner's list since then.
    removed_at: datetime | None
    manufactured_on: date | None
    purchased_on: date | None
    purchase: Literal["unknown", "claimed", "verified"]
    periods: list[PeriodOut]
    jobs: list[JobOut]
    documents: list[DocumentOut]

"""A ticket as it crosses the API."""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from app.domain.lifecycle import Event, State
from app.domain.parts import OrderState
from app.domain.pricing import NotCovered
from app.domain.situation import (
    Address,
    Channel,
    Priority,
    Purpose,
    QuoteState,
    ServiceType,
    VisitState,
    Warranty,
)
from app.schemas.common import (
    Input,
    Line,
    Moment,
    NeededLine,
    NeededStory,
    NeededWord,
    Output,
    OwnPhone,
    Story,
    Word,
)
from app.schemas.places import Measured
from app.schemas.preferences import PreferencesOut
from app.schemas.warranties import WarrantyDecisionOut


class ContactIn(Input):
    name: NeededWord
    phone: OwnPhone


class AddressIn(Measured):
    """Its coordinates are kept in GCJ-02 and answered in it. ``accuracy_m``: by how many metres they may be off."""

    province: NeededWord
    city: NeededWord
    district: NeededWord
    detail: NeededLine
    accuracy_m: Annotated[float, Field(ge=0, le=100_000)] | None = None

    @model_validator(mode="after")
    def both_or_none(self) -> Self:
        if (self.latitude is None) != (self.longitude is None):
            raise ValueError("经度和纬度要一起提供。")
        return self

    def kept(self) -> Address:
        at = self.point()
        return Address(
            self.province,
            self.city,
            self.district,
            self.detail,
            at.lat if at else None,
            at.lng if at else None,
            self.accuracy_m if at else None,
        )


class WindowIn(Input):
    start: Moment
    end: Moment

    @model_validator(mode="after")
    def forward(self) -> Self:
        minutes = (self.end - self.start).total_seconds() / 60
        if not 30 <= minutes <= 600:
            raise ValueError("时段要在 30 分钟到 10 小时之间。")
        return self


class NewTicket(Input):
    service_type: ServiceType
    category: Word = ""
    brand: Word = ""
    model: Word = ""
    serial_number: Word = ""
    asset_id: UUID | None = None
    fault: Story = ""
    occurred_at: Moment | None = None
    # How it reached whoever writes it down for a customer; of a customer's own report we know it.
    channel: Literal["hotline", "chat", "web"] = "hotline"
    contact: ContactIn
    address: AddressIn | None = None
    preferred_windows: Annotated[list[WindowIn], Field(max_length=5)] = []
    attachment_ids: Annotated[list[UUID], Field(max_length=9)] = []

    @model_validator(mode="after")
    def fault_is_told(self) -> Self:
        if not self.fault and self.service_type in (ServiceType.REPAIR, ServiceType.COMPLAINT):
            raise ValueError("请描述故障或问题（fault）。")
        return self


class EngineerOut(Output):
    name: str
    employee_no: str
    photo_url: str
    phone_masked: str


class WindowOut(Output):
    start: datetime
    end: datetime


class EtaOut(Output):
    at: datetime
    band_minutes: int
    updated_at: datetime
    late_minutes: int


class VisitOut(WindowOut):
    state: VisitState
    arrival_code: str | None
    completion_code: str | None
    # When it became certain who comes, and from then on the half hour in which he is expected.
    announced_at: datetime | None
    band: WindowOut | None
    confirmed_at: datetime | None
    # For its customer, until the engineer sets out: the token of /visit-answers.
    link: str | None
    # While the engineer is on the way.
    eta: EtaOut | None


class OfferOut(Output):
    expires_at: datetime


class QuoteLineOut(Output):
    code: str
    name: str
    kind: str
    unit: str
    quantity: int
    unit_price_fen: int
    discount_fen: int
    discount_reason: str
    not_covered: NotCovered | None
    not_covered_text: str
    amount_fen: int
    warranty_days: int
    part_code: str
    approved_before: bool


class QuoteOut(Output):
    """A ``variation`` adds to what the customer approved before, which stands whether he agrees or not."""

    version: int
    state: QuoteState
    total_fen: int
    variation: bool
    review_note: str | None
    lines: list[QuoteLineOut]


class CallOutOut(Output):
    """What coming costs, as it is told before the booking and never more than that; ``empty_trip_fen``: coming at the
    agreed time in vain."""

    fee_fen: int
    waived_when: list[Literal["in_warranty", "repaired"]]
    empty_trip_fen: int
    text: str


class DiagnosisOut(Output):
    category: str
    fault: str
    urgency: str
    advice: list[str]
    prepare: list[str]
    parts: list[str] | None
    reasons: list[str] | None


class AttachmentOut(Output):
    """Of a video, ``url`` and ``thumbnail_url`` show a still, and ``video_url`` plays it."""

    id: str
    purpose: Purpose
    url: str
    thumbnail_url: str
    video_url: str | None


class RatingOut(Output):
    attitude: int
    expertise: int
    timeliness: int
    conduct: int
    comment: str
    created_at: datetime


class ContactOut(Output):
    name: str
    phone_masked: str


class AddressOut(Output):
    province: str
    city: str
    district: str
    detail: str | None
    latitude: float | None
    longitude: float | None
    accuracy_m: float | None


class BlockerOut(Output):
    code: str
    next_step: str


class AllowedEventOut(Output):
    event: Event
    label: str
    blockers: list[BlockerOut]


class AwaitedPartOut(Output):
    name: str
    quantity: int
    due_at: datetime
    state: OrderState
    label: str
    carrier: str
    tracking_number: str


class KnownFaultOut(Output):
    """A task force is at work on just this; ``promised_at`` is null while nobody can say when it is over."""

    text: str
    promised_at: datetime | None


class JourneyOut(Output):
    """The steps of a job as its customer counts them, and which of them it is at, from 0."""

    steps: list[str]
    at: int


class TicketOut(Output):
    number: str
    version: int
    # Moves with everything that happened to it, also with what leaves its version as it is.
    seq: int
    channel: Channel
    service_type: ServiceType
    category: str
    brand: str
    model: str
    serial_number: str
    asset_id: str | None
    fault: str
    state: State
    label: str
    promised_at: datetime
    promise: str
    # None where it left the way: cancelled, rejected, merged, given up.
    journey: JourneyOut | None
    # What comes next, or is asked of the customer; empty when nothing does.
    next: str
    # Told with a report that has just come in; what the task force says later is at ``/incident``.
    known_fault: KnownFaultOut | None
    priority: Priority
    warranty: Warranty
    warranty_decision: WarrantyDecisionOut | None
    missing: list[str]
    contact: ContactOut
    address: AddressOut | None
    preferred_windows: list[WindowOut]
    engineer: EngineerOut | None
    # How many come, and who comes with the engineer.
    crew: int
    companion: EngineerOut | None
    visit: VisitOut | None
    offer: OfferOut | None
    diagnosis: DiagnosisOut
    # What the job waits for, with where it is.
    parts_waiting: list[AwaitedPartOut]
    quote: QuoteOut | None
    call_out: CallOutOut | None
    attachments: list[AttachmentOut]
    rating: RatingOut | None
    urged: int
    # For staff: somebody urged often enough that it may become a complaint.
    complaint_risk: bool | None
    allowed_events: list[AllowedEventOut]
    created_at: datetime
    completed_at: datetime | None
    closed_at: datetime | None


class TicketSummary(Output):
    """A line of a list."""

    number: str
    version: int
    service_type: ServiceType
    category: str
    fault: str
    state: State
    label: str
    # What comes next, for its customer; empty for staff.
    next: str
    promised_at: datetime
    promise: str
    priority: Priority
    created_at: datetime


class TicketPage(Output):
    items: list[TicketSummary]
    next_cursor: str | None


class TimelineEntry(Output):
    seq: int
    event: str
    label: str
    state: State
    text: str
    actor: str
    at: datetime


class MergedTimeline(Output):
    number: str
    items: list[TimelineEntry]


class Timeline(Output):
    """``merged`` are the tickets that became part of this one, each with what had happened to it."""

    items: list[TimelineEntry]
    merged: list[MergedTimeline]


class SimilarOut(Output):
    number: str
    state: State
    category: str
    fault: str
    same_device: bool
    same_address: bool
    created_at: datetime


class SplitIn(Input):
    """The other of two things; what is not said is as in the ticket that it is split off."""

    fault: NeededStory
    category: Word = ""
    service_type: ServiceType | None = None
    attachment_ids: Annotated[list[UUID], Field(max_length=9)] = []


class SimilarList(Output):
    """``may_join``: the customer may add this ticket to one of them himself, by the event ``merge``. ``linked`` were
    split off this one, or are what it was split off."""

    linked: list[str]
    similar: list[str]
    items: list[SimilarOut]
    may_join: bool


class RatingIn(Input):
    attitude: Annotated[int, Field(ge=1, le=5, strict=True)]
    expertise: Annotated[int, Field(ge=1, le=5, strict=True)]
    timeliness: Annotated[int, Field(ge=1, le=5, strict=True)]
    conduct: Annotated[int, Field(ge=1, le=5, strict=True)]
    comment: Line = ""
    attachment_ids: Annotated[list[UUID], Field(max_length=9)] = []


class UrgingIn(Input):
    message: Line = ""


class UrgingOut(Output):
    reason: str
    promised_at: datetime
    promise: str
    next_allowed_at: datetime
    # The how-manieth it is, who knows of it now, and until when he has an answer.
    count: int
    told: str
    answer_due_at: datetime


class RevealIn(Input):
    reason: NeededLine


class RevealOut(Output):
    name: str
    phone: str
    # When the customer wishes to be called, and what he tells whoever comes.
    preferences: PreferencesOut

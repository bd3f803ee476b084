"""What is known about one ticket at one moment: the only thing that guards, timeouts and promises look at."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from app.domain.lifecycle import State
from app.domain.parts import OrderState
from app.domain.promise.pledge import Pledge
from app.domain.rating import Scores


class ServiceType(StrEnum):
    REPAIR = "repair"
    INSTALLATION = "installation"
    CLEANING = "cleaning"
    MAINTENANCE = "maintenance"
    CONSULTATION = "consultation"
    COMPLAINT = "complaint"


class Channel(StrEnum):
    """Where a report came in."""

    MINI_PROGRAM = "mini_program"
    H5 = "h5"
    # A conversation with the official account, or whatever else was written to us.
    CHAT = "chat"
    HOTLINE = "hotline"
    WEB = "web"
    # Another system, with a token of its own.
    API = "api"


class Priority(StrEnum):
    """The four response levels: 普通, 紧急, 重大事故, 系统性故障."""

    NORMAL = "normal"
    URGENT = "urgent"
    CRITICAL = "critical"
    SYSTEMIC = "systemic"


class Warranty(StrEnum):
    IN = "in"
    OUT = "out"
    UNKNOWN = "unknown"


class Covers(StrEnum):
    """By what a job is in or out of warranty."""

    NOTHING = ""
    UNIT = "unit"
    PART = "part"
    REPAIR = "repair"
    SERVICE = "service"
    # A person decided otherwise than the periods say.
    OVERRIDE = "override"


class Purpose(StrEnum):
    """What a photo shows."""

    REPORT = "report"
    BEFORE = "before"
    AFTER = "after"
    # An item of the job's checklist, which the photo names.
    CHECKLIST = "checklist"
    SIGNATURE = "signature"
    NO_ACCESS = "no_access"
    DISPUTE = "dispute"
    RATING = "rating"
    PURCHASE_PROOF = "purchase_proof"


class ProofKind(StrEnum):
    """How the customer said on the spot that the work is done."""

    SIGNATURE = "signature"
    CODE = "code"


class VisitState(StrEnum):
    PROPOSED = "proposed"
    BOOKED = "booked"
    CUSTOMER_CONFIRMED = "customer_confirmed"
    EN_ROUTE = "en_route"
    ARRIVED = "arrived"
    WORKING = "working"
    DONE = "done"
    NO_ACCESS = "no_access"
    ENGINEER_NO_SHOW = "engineer_no_show"
    RESCHEDULED = "rescheduled"
    CANCELLED = "cancelled"


class OfferState(StrEnum):
    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


class QuoteState(StrEnum):
    PENDING = "pending"
    # A manager looks at it before the customer does; what he sends back is the engineer's to revise.
    IN_REVIEW = "in_review"
    RETURNED = "returned"
    APPROVED = "approved"
    DECLINED = "declined"
    VOID = "void"


PRIORITY_LABELS = {
    Priority.NORMAL: "普通",
    Priority.URGENT: "紧急",
    Priority.CRITICAL: "重大事故",
    Priority.SYSTEMIC: "系统性故障",
}
PRIORITY_BY_LABEL = {label: priority for priority, label in PRIORITY_LABELS.items()}

SERVICE_LABELS = {
    ServiceType.REPAIR: "维修",
    ServiceType.INSTALLATION: "安装",
    ServiceType.CLEANING: "清洗",
    ServiceType.MAINTENANCE: "保养",
    ServiceType.CONSULTATION: "咨询",
    ServiceType.COMPLAINT: "投诉",
}
WARRANTY_LABELS = {Warranty.IN: "保内", Warranty.OUT: "保外", Warranty.UNKNOWN: "待判定"}


@dataclass(frozen=True)
class Window:
    start: datetime
    end: datetime


_BAND = timedelta(minutes=30)


@dataclass(frozen=True)
class Engineer:
    id: str
    name: str
    employee_no: str
    photo_url: str
    phone: str
    contractor_id: str | None = None


@dataclass(frozen=True)
class Visit:
    id: int
    engineer_id: str
    state: VisitState
    window: Window
    arrival_code: str
    departed_at: datetime | None = None
    arrived_at: datetime | None = None
    planned: Window | None = None
    announced_at: datetime | None = None
    completion_code: str | None = None
    link: str | None = None
    confirmed_at: datetime | None = None
    eta: datetime | None = None
    eta_at: datetime | None = None

    @property
    def band(self) -> Window | None:
        """Half an hour within the window in which work is expected to begin; said once it is certain who comes."""
        if self.planned is None or self.announced_at is None:
            return None
        begin = self.planned.start - timedelta(minutes=10 + self.planned.start.minute % 5)
        begin = begin.replace(second=0, microsecond=0)
        begin = max(self.window.start, min(begin, self.window.end - _BAND))
        return Window(begin, begin + _BAND)


@dataclass(frozen=True)
class AwaitedPart:
    name: str
    quantity: int
    due_at: datetime
    state: OrderState
    carrier: str
    tracking_number: str


@dataclass(frozen=True)
class Offer:
    id: int
    engineer_id: str
    expires_at: datetime


@dataclass(frozen=True)
class QuoteLine:
    code: str
    name: str
    quantity: int
    unit_price_fen: int
    kind: str = ""
    unit: str = ""
    discount_fen: int = 0
    discount_reason: str = ""
    # Why it is charged although the job is in warranty; empty where nobody had to say.
    not_covered: str = ""
    warranty_days: int = 0
    part_code: str = ""
    # The version of the price table that it was taken from, and of the quote in which it was approved (0: not yet).
    list_version: int = 0
    approved_in: int = 0

    @property
    def amount_fen(self) -> int:
        return self.quantity * self.unit_price_fen - self.discount_fen


@dataclass(frozen=True)
class Quote:
    """``base_id`` is the approved quote to which this one adds; its lines are the first of these."""

    id: int
    version: int
    state: QuoteState
    total_fen: int
    lines: tuple[QuoteLine, ...]
    base_id: int | None = None
    reviewed_at: datetime | None = None
    review_note: str = ""

    @property
    def is_variation(self) -> bool:
        return self.base_id is not None


@dataclass(frozen=True)
class CallOut:
    """What coming costs, as it was decided before dispatch; ``waived`` says when it does not (``call_out``)."""

    fee_fen: int
    waived: tuple[str, ...] = ()
    # For coming at the agreed time in vain (``empty_trip``); in warranty as well.
    empty_trip_fen: int = 0


@dataclass(frozen=True)
class Review:
    """A customer's rating: the stars of the four dimensions, and his own words."""

    scores: Scores
    comment: str
    created_at: datetime


@dataclass(frozen=True)
class Photo:
    """``visit_id`` names the visit during which it was taken, ``item`` what of the checklist it shows."""

    id: str
    purpose: Purpose
    uploaded_by: str
    item: str = ""
    visit_id: int | None = None
    media_type: str = "image/jpeg"

    @property
    def is_video(self) -> bool:
        return self.media_type.startswith("video/")


@dataclass(frozen=True)
class Check:
    """What was noted for an item of the checklist: a reading, or without a value a tick."""

    item: str
    value: float | None = None


@dataclass(frozen=True)
class Proof:
    """The customer's word, for the total and the version of the quote that he was shown."""

    kind: ProofKind
    total_fen: int
    quote_version: int | None


@dataclass(frozen=True)
class Address:
    """Coordinates in degrees of GCJ-02, off by ``accuracy_m`` metres at most, as far as that is known."""

    province: str
    city: str
    district: str
    detail: str
    latitude: float | None
    longitude: float | None
    accuracy_m: float | None = None

    @property
    def text(self) -> str:
        return f"{self.city}{self.district}{self.detail}"


@dataclass(frozen=True)
class WarrantyDecision:
    """In or out, and why. ``ends_on`` is the last day of the period that decided; None for a lifetime, or where none
    did. ``rework_of`` is the number of the ticket whose repair is done over."""

    state: Warranty
    reason: str
    policy_version: str
    covers: Covers = Covers.NOTHING
    component: str = ""
    ends_on: date | None = None
    remaining_days: int | None = None
    next_step: str = ""
    rework_of: str = ""


@dataclass(frozen=True)
class Diagnosis:
    """What triage made of the customer's words, and why. ``urgency`` is the Chinese name of the level."""

    category: str = ""
    fault: str = ""
    urgency: str = ""
    parts: tuple[str, ...] = ()
    prepare: tuple[str, ...] = ()
    advice: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    rules: str = ""


class Situation(NamedTuple):
    """One is made for every look at a ticket: with so many fields a frozen dataclass takes three times as long."""

    id: int
    number: str
    version: int
    seq: int
    state: State
    service_type: ServiceType
    category: str
    fault: str
    on_site: bool
    priority: Priority
    warranty: Warranty
    customer_id: str
    contact_name: str
    contact_phone: str
    address: Address | None
    created_at: datetime
    entered_at: datetime
    promised_at: datetime
    promise: str
    missing: tuple[str, ...] = ()
    preferred: tuple[Window, ...] = ()
    engineer: Engineer | None = None
    # How many come, and who comes with the engineer.
    crew: int = 1
    companion: Engineer | None = None
    visit: Visit | None = None
    offer: Offer | None = None
    quote: Quote | None = None
    photos: tuple[Photo, ...] = ()
    # Of the current visit.
    checks: tuple[Check, ...] = ()
    proof: Proof | None = None
    rebooked_by_customer: int = 0
    reopened: int = 0
    urged: int = 0
    parts_due: datetime | None = None
    awaited: tuple[AwaitedPart, ...] = ()
    resume_at: datetime | None = None
    completed_at: datetime | None = None
    closed_at: datetime | None = None
    rating: Review | None = None
    diagnosis: Diagnosis = Diagnosis()
    required_skill: str = ""
    required_licences: tuple[str, ...] = ()
    standard_minutes: int = 60
    brand: str = ""
    model: str = ""
    serial_number: str = ""
    asset_id: str | None = None
    service_point_id: str | None = None
    declined_by: tuple[str, ...] = ()
    merged_into: int | None = None
    channel: Channel = Channel.MINI_PROGRAM
    call_out: CallOut | None = None
    decision: WarrantyDecision | None = None
    # Somebody of ours has answered what needs no visit, and it is not solved yet.
    attended: bool = False
    # Of a promise that is being made: what its history keeps of it.
    pledge: Pledge | None = None

    @property
    def window(self) -> Window | None:
        """What is agreed; a visit that found nobody has no time any more."""
        return self.visit.window if self.visit and not self.nobody_home else None

    @property
    def nobody_home(self) -> bool:
        """The last visit found nobody, and another one is not agreed yet: it is the customer's turn."""
        return (
            self.state is State.ACCEPTED
            and self.visit is not None
            and self.visit.state is VisitState.NO_ACCESS
        )

    @property
    def engineer_id(self) -> str | None:
        return self.engineer.id if self.engineer else None

    @property
    def service(self) -> str:
        """What the job is, in the customer's words: 空调维修."""
        return f"{self.category}{SERVICE_LABELS[self.service_type]}"

    @property
    def covered(self) -> bool:
        """Whether labour and parts cost nothing: a repair in warranty, or work that is done over."""
        return self.warranty is Warranty.IN and (self.service_type is ServiceType.REPAIR or self.reopened > 0)

    @property
    def quote_with_us(self) -> bool:
        """The quote is made and not yet the customer's to decide: a manager reviews it, or has sent it back."""
        return (
            self.state is State.QUOTE_PENDING
            and self.quote is not None
            and self.quote.state in (QuoteState.IN_REVIEW, QuoteState.RETURNED)
        )

    @property
    def turn_since(self) -> datetime:
        """Since when it is the turn of whoever the state waits for."""
        reviewed = self.quote.reviewed_at if self.quote and self.state is State.QUOTE_PENDING else None
        return reviewed or self.entered_at

    @property
    def quote_approved(self) -> bool:
        return self.quote is not None and self.quote.state is QuoteState.APPROVED

    @property
    def approved_fen(self) -> int:
        return self.quote.total_fen if self.quote and self.quote_approved else 0

    @property
    def approved_version(self) -> int | None:
        return self.quote.version if self.quote and self.quote_approved else None

    def with_photos(self, photos: tuple[Photo, ...]) -> "Situation":
        """The same with these photos; one that was there already is shown as what it is now."""
        by_id = {photo.id: photo for photo in (*self.photos, *photos)}
        return self._replace(photos=tuple(by_id.values()))

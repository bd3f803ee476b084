"""What is known about one ticket at one moment: the only thing that guards, timeouts and promises look at."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from app.domain.lifecycle import State
from app.domain.rating import Scores


class ServiceType(StrEnum):
    REPAIR = "repair"
    INSTALLATION = "installation"
    CLEANING = "cleaning"
    MAINTENANCE = "maintenance"
    CONSULTATION = "consultation"
    COMPLAINT = "complaint"


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


class Purpose(StrEnum):
    """What a photo shows."""

    REPORT = "report"
    BEFORE = "before"
    AFTER = "after"
    # An item of the job's checklist, which the photo names.
    CHECKLIST = "checklist"
    NO_ACCESS = "no_access"
    DISPUTE = "dispute"
    RATING = "rating"


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


@dataclass(frozen=True)
class Window:
    start: datetime
    end: datetime


@dataclass(frozen=True)
class Engineer:
    id: str
    name: str
    employee_no: str
    photo_url: str
    phone: str


@dataclass(frozen=True)
class Visit:
    id: int
    engineer_id: str
    state: VisitState
    window: Window
    arrival_code: str
    departed_at: datetime | None = None
    arrived_at: datetime | None = None


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

    @property
    def amount_fen(self) -> int:
        return self.quantity * self.unit_price_fen


@dataclass(frozen=True)
class Quote:
    id: int
    version: int
    state: QuoteState
    total_fen: int
    lines: tuple[QuoteLine, ...]


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
    is_video: bool = False


@dataclass(frozen=True)
class Check:
    """What was noted for an item of the checklist: a reading, or without a value a tick."""

    item: str
    value: float | None = None


@dataclass(frozen=True)
class Address:
    province: str
    city: str
    district: str
    detail: str
    latitude: float | None
    longitude: float | None

    @property
    def text(self) -> str:
        return f"{self.city}{self.district}{self.detail}"


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


@dataclass(frozen=True)
class Situation:
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
    visit: Visit | None = None
    offer: Offer | None = None
    quote: Quote | None = None
    photos: tuple[Photo, ...] = ()
    # Of the current visit.
    checks: tuple[Check, ...] = ()
    rebooked_by_customer: int = 0
    reopened: int = 0
    urged: int = 0
    parts_due: datetime | None = None
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

    @property
    def window(self) -> Window | None:
        return self.visit.window if self.visit else None

    @property
    def engineer_id(self) -> str | None:
        return self.engineer.id if self.engineer else None

    @property
    def service(self) -> str:
        """What the job is, in the customer's words: 空调维修."""
        return f"{self.category}{SERVICE_LABELS[self.service_type]}"

    @property
    def quote_approved(self) -> bool:
        return self.quote is not None and self.quote.state is QuoteState.APPROVED

    @property
    def approved_fen(self) -> int:
        return self.quote.total_fen if self.quote and self.quote_approved else 0

    def with_photos(self, photos: tuple[Photo, ...]) -> "Situation":
        """The same with these photos; one that was there already is shown as what it is now."""
        by_id = {photo.id: photo for photo in (*self.photos, *photos)}
        return replace(self, photos=tuple(by_id.values()))

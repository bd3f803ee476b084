"""Reviews that others may see, and the looking that comes before it."""

from datetime import datetime
from enum import StrEnum

from app.domain.content import CheckState, ContentKind, SubjectKind
from app.domain.situation import ServiceType
from app.models.content import DecidedBy
from app.schemas.common import Input, NeededLine, Output


class Decision(StrEnum):
    SHOW = "pass"
    HIDE = "reject"


class DecisionIn(Input):
    decision: Decision
    reason: NeededLine


class CheckOut(Output):
    id: str
    subject: SubjectKind
    kind: ContentKind
    state: CheckState
    text: str | None
    photo_url: str | None
    ticket: str | None
    label: int | None
    label_text: str | None
    reason: str | None
    decided_by: DecidedBy | None
    created_at: datetime
    checked_at: datetime | None


class CheckPage(Output):
    items: list[CheckOut]
    next_cursor: str | None


class ReviewPhoto(Output):
    url: str
    thumbnail_url: str


class PublicReview(Output):
    """What a neighbour may know: the scores at once, the words and pictures when they have passed."""

    name_masked: str
    service_type: ServiceType
    attitude: int
    expertise: int
    timeliness: int
    conduct: int
    comment: str | None
    photos: list[ReviewPhoto]
    created_at: datetime


class ReviewPage(Output):
    items: list[PublicReview]
    next_cursor: str | None

"""The visits of a ticket, each with its own times."""

from datetime import datetime

from app.domain.situation import VisitState
from app.schemas.common import Output
from app.schemas.tickets import AttachmentOut, WindowOut
from app.schemas.transitions import CallResult


class VisitorOut(Output):
    name: str
    employee_no: str


class VisitCallOut(Output):
    at: datetime
    phone_masked: str
    seconds: int
    result: CallResult
    text: str


class VisitEndOut(Output):
    """The event that ended a visit. ``reason`` is its code or what was said, for staff."""

    event: str
    label: str
    text: str
    reason: str | None
    actor: str
    at: datetime


class VisitRecordOut(Output):
    """``window`` is what was promised; ``planned`` is the engineer's own plan within it, for staff.

    ``on_time`` is null until somebody arrives or should have; ``ended`` is null while the visit goes on.
    """

    state: VisitState
    label: str
    window: WindowOut
    planned: WindowOut | None
    engineer: VisitorOut
    booked_at: datetime
    announced_at: datetime | None
    departed_at: datetime | None
    arrived_at: datetime | None
    started_at: datetime | None
    finished_at: datetime | None
    on_time: bool | None
    ended: VisitEndOut | None
    calls: list[VisitCallOut]
    attachments: list[AttachmentOut]


class VisitsOut(Output):
    items: list[VisitRecordOut]

"""A visit as the customer answers it, the engineer reports on it, and everybody looks back on it."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from app.domain.datum import Datum
from app.domain.situation import VisitState
from app.schemas.common import Input, Line, Moment, NeededLine, Output
from app.schemas.places import Latitude, Longitude
from app.schemas.tickets import AttachmentOut, WindowIn, WindowOut
from app.schemas.transitions import CallResult

Answer = Literal["confirm", "decline", "rebook"]


class PositionIn(Input):
    """GCJ-02, as wx.getLocation gives it with type gcj02, unless ``datum`` says WGS-84. ``at`` is when it was measured;
    now, if it is left out."""

    latitude: Latitude
    longitude: Longitude
    datum: Datum = Datum.GCJ02
    at: Moment | None = None


class VisitAnswerIn(Input):
    """What the customer says to a visit by the link of its card; ``window`` goes with ``rebook``."""

    token: Annotated[str, Field(min_length=16, max_length=64, pattern=r"^[\w-]+$")]
    answer: Answer
    window: WindowIn | None = None
    note: Line = ""


class LinkedVisit(Output):
    """No more than whoever holds the link needs: no door number, no phone."""

    number: str
    service: str
    state: str
    window: WindowOut
    engineer: str | None
    employee_no: str | None
    district: str
    confirmed: bool
    # What coming costs, and coming in vain, as it was told before the booking; empty for nothing.
    costs: str


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


class WaiverIn(Input):
    """The reason is told to the customer."""

    reason: NeededLine


class EmptyTripOut(Output):
    """The fee for coming in vain, as it was charged; ``waived_reason`` is empty as long as it stands."""

    id: str
    fee_fen: int
    charged_at: datetime
    waived_at: datetime | None
    waived_reason: str


class CrewIn(Input):
    """``engineer_id`` names the second engineer of a visit that is booked; else the best one is found."""

    people: Annotated[int, Field(ge=1, le=2)]
    engineer_id: Annotated[str | None, Field(max_length=40)] = None


class VisitRecordOut(Output):
    """``window`` is what was promised; ``planned`` is the engineer's own plan within it, for staff.

    ``on_time`` is null until somebody arrives or should have; ``ended`` is null while the visit goes on.
    """

    state: VisitState
    label: str
    window: WindowOut
    planned: WindowOut | None
    engineer: VisitorOut
    # Who came along, if two came.
    companion: VisitorOut | None
    booked_at: datetime
    confirmed_at: datetime | None
    announced_at: datetime | None
    departed_at: datetime | None
    arrived_at: datetime | None
    started_at: datetime | None
    finished_at: datetime | None
    on_time: bool | None
    ended: VisitEndOut | None
    empty_trip: EmptyTripOut | None
    calls: list[VisitCallOut]
    attachments: list[AttachmentOut]


class VisitsOut(Output):
    items: list[VisitRecordOut]

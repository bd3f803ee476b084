"""Appointment windows and the reasons of dispatch, as they cross the API."""

from datetime import datetime

from app.domain.situation import OfferState
from app.schemas.common import Output
from app.schemas.tickets import CallOutOut


class SlotOut(Output):
    start: datetime
    end: datetime
    added_minutes: float
    reason: str
    engineer: str | None


class SlotsOut(Output):
    """``call_out`` is what coming costs, told before a window is chosen."""

    items: list[SlotOut]
    call_out: CallOutOut


class CandidateOut(Output):
    engineer_id: str
    name: str
    cost_minutes: float | None
    reasons: list[str]


class OfferedOut(Output):
    engineer_id: str
    name: str
    state: OfferState
    cost_minutes: float | None
    reasons: list[str]
    runners_up: list[CandidateOut]
    decline_reason: str | None
    offered_by: str
    created_at: datetime
    expires_at: datetime
    decided_at: datetime | None


class DispatchOut(Output):
    """``excluded``: while nobody has the job, the three nearest whom a work rule keeps away, and why."""

    offers: list[OfferedOut]
    excluded: list[CandidateOut]

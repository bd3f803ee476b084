"""Urgings and how they were answered, as they cross the API."""

from datetime import datetime

from app.domain.lifecycle import State
from app.schemas.common import Input, NeededLine, Output
from app.schemas.kpi import FigureOut


class AnswerIn(Input):
    text: NeededLine


class AnswerOut(Output):
    """``answered`` is how many urgings of the ticket it answers."""

    number: str
    answered: int
    answered_at: datetime


class OpenUrging(Output):
    """``owner`` is the engineer of the job; without one, the desk answers."""

    number: str
    service: str
    state: State
    owner: str | None
    count: int
    at: datetime
    due_at: datetime
    late: bool
    escalated: bool
    promise: str


class OpenUrgingPage(Output):
    items: list[OpenUrging]
    next_cursor: str | None


class UrgingFigureOut(Output):
    """Of an engineer, or of the desk of a service point; of neither: of the desk where no branch is in charge."""

    engineer_id: str | None
    service_point_id: str | None
    name: str
    answered_in_time: FigureOut
    escalated: int


class UrgingReport(Output):
    period: str
    items: list[UrgingFigureOut]

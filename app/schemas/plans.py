"""The day of a territory as the desk sees it, and what plans changed."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from app.schemas.common import Input, Output
from app.schemas.tickets import WindowOut

Risk = Literal["on_time", "tight", "late"]


class BoardVisit(Output):
    number: str
    promised: WindowOut
    expected_at: datetime
    risk: Risk
    announced: bool


class BoardSpan(Output):
    """A working span from now on: ``load`` is the share of it that is taken by work and travel."""

    start: datetime
    end: datetime
    load: float
    visits: list[BoardVisit]


class BoardEngineer(Output):
    engineer_id: str
    name: str
    contractor: str | None
    spans: list[BoardSpan]


class Unassigned(Output):
    number: str
    service: str
    district: str
    priority: str
    since: datetime
    # Who has been asked and has not answered yet.
    offered_to: str | None


class BoardOut(Output):
    """``stranded`` are visits of people who are not there."""

    day: date
    engineers: list[BoardEngineer]
    stranded: list[BoardVisit]
    unassigned: list[Unassigned]


class PlanIn(Input):
    service_point_id: UUID
    day: date


class PlanAsked(Output):
    service_point_id: UUID
    day: date


class PlanChange(Output):
    number: str
    engineer_before: str | None
    engineer: str | None
    planned_before: datetime
    planned: datetime


class PlanReportOut(Output):
    """Minutes are those of the cost of a day: travel, lateness, overtime, changes."""

    cause: str
    planned_at: datetime
    engineers: int
    visits: int
    minutes_before: float
    minutes_won: float
    changes: list[PlanChange]
    stranded: list[str]


class PlanReports(Output):
    items: list[PlanReportOut]

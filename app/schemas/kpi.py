"""KPI figures as they cross the API."""

from datetime import datetime
from typing import Literal

from app.domain.kpi.rows import Measure, Reason
from app.models.aftercare import AppealState
from app.schemas.common import Input, NeededLine, NeededStory, NeededWord, Output


class FigureOut(Output):
    """``value`` is the plain figure (null without cases), ``shrunk`` the one to judge by, [low, high] its interval.

    Below ten cases a figure is ``provisional``.
    """

    value: float | None
    n: int
    shrunk: float | None
    low: float | None
    high: float | None
    provisional: bool


class ExcludedOut(Output):
    """How many rows are in no figure of this measure, and why."""

    measure: Measure
    reason: Reason
    n: int


class AppealedOut(Output):
    """Of how many jobs in a figure somebody said that they should not count, and what became of that. What is upheld
    stands among the excluded, too."""

    measure: Measure
    state: AppealState
    n: int


class FieldKpiOut(Output):
    attitude: FigureOut
    expertise: FigureOut
    timeliness: FigureOut
    conduct: FigureOut
    response_rate: FigureOut
    on_time: FigureOut
    first_time_fix: FigureOut
    disputes: FigureOut
    no_show: FigureOut
    urgings: FigureOut
    promises_kept: FigureOut
    quote_accuracy: FigureOut
    evidence: FigureOut
    called_solved: FigureOut
    excluded: list[ExcludedOut]
    appeals: list[AppealedOut]


class EngineerKpiOut(FieldKpiOut):
    """``contractor`` names the company of an engineer who is not ours."""

    engineer_id: str
    name: str
    employee_no: str
    contractor: str | None


class KpiReport(Output):
    """``month`` is empty when the ``period`` is a quarter."""

    month: str
    period: str
    items: list[EngineerKpiOut]


class PointKpiOut(FieldKpiOut):
    service_point_id: str
    name: str


class PointReport(Output):
    period: str
    items: list[PointKpiOut]


class AgentKpiOut(Output):
    agent_id: str
    name: str
    reached: FigureOut
    called_in_time: FigureOut
    complaints_solved: FigureOut
    complaints_in_time: FigureOut
    remote_response_rate: FigureOut
    attitude: FigureOut
    expertise: FigureOut
    timeliness: FigureOut
    conduct: FigureOut


class AgentReport(Output):
    period: str
    items: list[AgentKpiOut]


class AppealIn(Input):
    """Against what a job counts for: ``measure`` is the figure from which it should be left out."""

    number: NeededWord
    measure: Measure
    reason: NeededStory


class AppealDecisionIn(Input):
    decision: Literal["upheld", "rejected"]
    note: NeededLine


class AppealOut(Output):
    id: str
    number: str
    engineer_id: str
    engineer: str
    measure: Measure
    reason: str
    state: AppealState
    note: str
    decided_by: str | None
    decided_at: datetime | None
    created_at: datetime


class AppealPage(Output):
    items: list[AppealOut]
    next_cursor: str | None


class RubricStar(Output):
    stars: int
    text: str


class RubricDimension(Output):
    dimension: str
    label: str
    stars: list[RubricStar]


class Rubric(Output):
    dimensions: list[RubricDimension]

"""KPI figures as they cross the API."""

from app.schemas.common import Output


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


class EngineerKpiOut(Output):
    engineer_id: str
    name: str
    employee_no: str
    contractor: str | None
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
    quote_accuracy: FigureOut
    evidence: FigureOut


class KpiReport(Output):
    month: str
    items: list[EngineerKpiOut]


class RubricStar(Output):
    stars: int
    text: str


class RubricDimension(Output):
    dimension: str
    label: str
    stars: list[RubricStar]


class Rubric(Output):
    dimensions: list[RubricDimension]

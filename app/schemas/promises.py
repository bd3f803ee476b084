"""Promises and whether they were kept, as they cross the API."""

from datetime import datetime
from typing import Any

from app.domain.promise.steps import Step
from app.schemas.common import Output
from app.schemas.kpi import FigureOut


class PromiseOut(Output):
    """One time that the customer was told. ``because`` is what happened then, ``reckoned`` how the time was found."""

    seq: int
    step: Step
    label: str
    promised_at: datetime
    text: str
    told_at: datetime
    because: str
    basis: str
    reckoned: str
    inputs: dict[str, Any]
    # Whether the step was over by then; null while it may still be.
    kept: bool | None


class TicketPromisesOut(Output):
    """In the order in which they were made; those of one step follow each other."""

    number: str
    promised_at: datetime
    promise: str
    items: list[PromiseOut]


class StepFigureOut(Output):
    step: Step
    label: str
    first_kept: FigureOut


class PromiseFiguresOut(Output):
    """``first_kept``: of what was promised first for each step; ``last_kept``: of what stood when it was done.

    ``moved`` is the share of steps for which more than one time was promised. Without a service point: the house.
    """

    service_point_id: str | None
    name: str
    first_kept: FigureOut
    last_kept: FigureOut
    moved: FigureOut
    steps: list[StepFigureOut]


class PromiseReport(Output):
    period: str
    items: list[PromiseFiguresOut]

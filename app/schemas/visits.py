"""A visit as the customer answers it and the engineer reports on it."""

from typing import Annotated, Literal

from pydantic import Field

from app.schemas.common import Input, Line, Moment, Output
from app.schemas.tickets import WindowIn, WindowOut

Answer = Literal["confirm", "decline", "rebook"]


class PositionIn(Input):
    """GCJ-02, as wx.getLocation gives it with type gcj02. ``at`` is when it was measured; now, if it is left out."""

    latitude: Annotated[float, Field(ge=-90, le=90)]
    longitude: Annotated[float, Field(ge=-180, le=180)]
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

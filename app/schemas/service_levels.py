"""Service levels as they cross the API: policies, calendars, and why a ticket's deadlines are what they are."""

from datetime import date, datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from app.domain.lifecycle import State
from app.domain.service_levels.measure import Status
from app.domain.service_levels.policy import Audience, Metric
from app.domain.situation import Priority
from app.schemas.common import Input, NeededWord, Output
from app.schemas.rosters import HoursOut, SpansIn, WeekIn, WeekOut

_LONGEST = 366 * 86_400
Seconds = Annotated[int, Field(ge=60, le=_LONGEST, strict=True)]


class TargetIn(Input):
    """``always``: around the clock; otherwise it counts while the service point is open."""

    seconds: Seconds
    always: bool = False


class LevelIn(Input):
    """What is null is not measured. In ``pauses`` the resolution clock stands still."""

    first_response: TargetIn | None
    next_response: TargetIn | None
    resolution: TargetIn | None
    acceptance: TargetIn | None = None
    parts: TargetIn | None = None
    pauses: Annotated[list[Literal[State.WAITING_PARTS, State.SUSPENDED]], Field(max_length=2)] = []
    task_force: bool = False


class StepIn(Input):
    """Told ``offset`` counted seconds after the target is due, before it when negative; what is empty is no
    condition. The name is what people read."""

    name: NeededWord
    metric: Metric
    offset: Annotated[int, Field(ge=-_LONGEST, le=_LONGEST, strict=True)]
    to: Audience = Audience.MANAGERS
    priorities: Annotated[list[Priority], Field(max_length=4)] = []
    states: Annotated[list[State], Field(max_length=20)] = []
    unowned: bool = False
    urged: Annotated[int, Field(ge=0, le=100, strict=True)] = 0


class LevelsIn(Input):
    normal: LevelIn
    urgent: LevelIn
    critical: LevelIn
    systemic: LevelIn


class ServicePolicyIn(Input):
    """``apply_to_open``: open tickets count by it from now on; otherwise only those that come."""

    levels: LevelsIn
    steps: Annotated[list[StepIn], Field(max_length=30)] = []
    apply_to_open: bool = False

    @model_validator(mode="after")
    def names_differ(self) -> Self:
        names = [step.name for step in self.steps]
        if len(set(names)) < len(names):
            raise ValueError("每个升级步骤要有不同的名称（steps.name）。")
        return self


class ServicePolicyOut(Output):
    """Version 0 is the standing policy; nobody has published it."""

    version: int
    levels: LevelsIn
    steps: list[StepIn]
    published_at: datetime | None


class ServicePolicyList(Output):
    items: list[ServicePolicyOut]


class ExceptionIn(Input):
    """A day with hours of its own, or closed (no spans), whatever its weekday and the public holidays say."""

    day: date
    spans: SpansIn


class CalendarIn(WeekIn):
    """When a service point (null: the whole house) is open: several spans a day, also past midnight."""

    service_point_id: UUID | None = None
    exceptions: Annotated[list[ExceptionIn], Field(max_length=400)] = []
    # Closed on public holidays, open on make-up working days as on the weekday that they stand for.
    follows_holidays: bool = True

    @model_validator(mode="after")
    def days_differ(self) -> Self:
        days = [exception.day for exception in self.exceptions]
        if len(set(days)) < len(days):
            raise ValueError("每个特殊日期只能出现一次（exceptions.day）。")
        return self


class SpecialDayOut(Output):
    day: date
    spans: list[HoursOut]


class CalendarOut(WeekOut):
    """``special`` are the days unlike their weekday: the exceptions, and the holidays that were known then."""

    service_point_id: UUID | None
    version: int
    special: list[SpecialDayOut]
    follows_holidays: bool
    published_at: datetime | None


class CalendarList(Output):
    items: list[CalendarOut]


class SpanOut(Output):
    since: datetime
    until: datetime


class SegmentOut(Output):
    """A stretch in which the clock ran or paused: what of it counted, in which open spans, and how much was used
    at its end."""

    since: datetime
    until: datetime | None
    running: bool
    why: str
    counted_seconds: int
    used_seconds: int
    open_spans: list[SpanOut]


class ClockOut(Output):
    """``due_at`` is null while the clock pauses, and once it stopped in time. ``text`` says it line by line."""

    metric: Metric
    label: str
    internal: bool
    from_seq: int
    target_seconds: int
    always: bool
    used_seconds: int
    remaining_seconds: int
    status: Status
    breached: bool
    due_at: datetime | None
    met_at: datetime | None
    segments: list[SegmentOut]
    text: list[str]


class LevelEventOut(Output):
    """``told`` false: its conditions did not hold, or a higher warning was due at the same look."""

    metric: Metric
    from_seq: int
    mark: str
    due_at: datetime
    fired_at: datetime
    told: bool


class TicketServiceLevelOut(Output):
    number: str
    priority: Priority
    level: str
    task_force: bool
    policy_version: int
    calendar: str
    clocks: list[ClockOut]
    events: list[LevelEventOut]

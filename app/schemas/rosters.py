"""Who works when, as it crosses the API."""

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator

from app.domain.rosters import DAY_LABELS, DAY_MINUTES, DAYS, MAX_VISITS, AbsenceKind, Hours, collision
from app.domain.situation import VisitState
from app.schemas.common import Input, Line, Moment, NeededWord, Output
from app.schemas.tickets import WindowOut

Clock = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$|^24:00$", examples=["08:30"])]


class HoursIn(Input):
    """From one time of day to another; an end that is not after the start is one of the next day."""

    start: Clock
    end: Clock

    @property
    def hours(self) -> Hours:
        since, until = _minutes(self.start), _minutes(self.end)
        return Hours(since, until if until > since else until + DAY_MINUTES)

    @model_validator(mode="after")
    def begins_on_its_day(self) -> Self:
        if self.start == "24:00":
            raise ValueError("开始时间写作 00:00 到 23:59。")
        return self


def _minutes(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


# Of a day, all its spans together.
MaxVisits = Annotated[int, Field(ge=1, le=40, strict=True)]
SpansIn = Annotated[list[HoursIn], Field(max_length=6)]


class WeekIn(Input):
    """The hours of each weekday. A day without spans is off."""

    monday: SpansIn = []
    tuesday: SpansIn = []
    wednesday: SpansIn = []
    thursday: SpansIn = []
    friday: SpansIn = []
    saturday: SpansIn = []
    sunday: SpansIn = []


class PatternIn(WeekIn):
    """The working hours of a week; ``holiday`` are those of public holidays."""

    holiday: SpansIn = []
    max_visits: MaxVisits = MAX_VISITS

    @property
    def week(self) -> list[list[Hours]]:
        return [[span.hours for span in getattr(self, day)] for day in DAYS]

    @model_validator(mode="after")
    def apart(self) -> Self:
        day = collision(self.week)
        if day is not None:
            raise ValueError(f"{DAY_LABELS[day]}的时段相互重叠，或夜班结束晚于某天最早的上班时间（{day}）。")
        return self


class HoursOut(Output):
    start: str
    end: str


class WeekOut(Output):
    monday: list[HoursOut]
    tuesday: list[HoursOut]
    wednesday: list[HoursOut]
    thursday: list[HoursOut]
    friday: list[HoursOut]
    saturday: list[HoursOut]
    sunday: list[HoursOut]


class PatternOut(WeekOut):
    holiday: list[HoursOut]
    max_visits: int


class RosterIn(Input):
    """The hours of one day; ``null`` gives the day back to the pattern. Without ``max_visits`` they stay as many."""

    spans: SpansIn | None
    max_visits: MaxVisits | None = None

    @model_validator(mode="after")
    def of_hours_by_hand(self) -> Self:
        if self.spans is None and self.max_visits is not None:
            raise ValueError("恢复为固定班次时，每天单数（max_visits）以固定班次为准，不能单独填写。")
        return self


class AbsenceOut(WindowOut):
    id: UUID
    kind: AbsenceKind
    label: str
    reason: str


class RosterOut(Output):
    day: date
    spans: list[WindowOut]
    max_visits: int | None
    holiday: str | None
    by_hand: bool


class RosterList(Output):
    items: list[RosterOut]
    absences: list[AbsenceOut]


class AbsenceIn(Input):
    kind: AbsenceKind
    start: Moment
    end: Moment
    reason: Line = ""

    @model_validator(mode="after")
    def forward(self) -> Self:
        if self.end <= self.start:
            raise ValueError("结束时间要晚于开始时间（end）。")
        if (self.end - self.start).days > 366:
            raise ValueError("一次最多登记一年（end）。")
        return self


class VisitHit(WindowOut):
    """A visit that he had promised and cannot make; a new plan is being looked for."""

    number: str
    state: VisitState


class AbsenceMade(AbsenceOut):
    visits: list[VisitHit]


class HolidayOut(Output):
    day: date
    name: str
    works_as: int | None


class EngineerWeek(Output):
    """``days`` from Monday to Sunday, null where nothing is planned yet; ``visits`` are promised while he is away."""

    engineer_id: str
    name: str
    service_point: str | None
    contractor: str | None
    days: list[RosterOut | None]
    absences: list[AbsenceOut]
    visits: list[VisitHit]


class WeekOfPoint(Output):
    days: list[date]
    holidays: list[HolidayOut]
    engineers: list[EngineerWeek]


class HolidayIn(Input):
    """A day off, or with ``works_as`` a make-up working day that is worked as that weekday (0 is Monday)."""

    day: date
    name: NeededWord
    works_as: Annotated[int, Field(ge=0, le=6, strict=True)] | None = None


class HolidaysIn(Input):
    items: Annotated[list[HolidayIn], Field(max_length=120)]


class HolidayList(Output):
    items: list[HolidayOut]

"""Engineers as they cross the API: who they are, what they can do and where they start from."""

from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator

from app.schemas.common import Input, NeededLine, NeededWord, Output, Phone
from app.schemas.rules import LicenceOut
from app.schemas.sessions import Username
from app.schemas.staff import NewPassword

Skills = Annotated[list[NeededWord], Field(min_length=1, max_length=40)]
# Empty: those of his service point.
Areas = Annotated[list[NeededWord], Field(max_length=200)]


class HomeIn(Input):
    latitude: Annotated[float, Field(ge=-90, le=90)]
    longitude: Annotated[float, Field(ge=-180, le=180)]


class EngineerIn(Input):
    """``contractor_id`` is whose person he is; null for one of ours. His hours are his shift pattern, his licences a
    list of their own."""

    username: Username
    password: NewPassword
    name: NeededWord
    phone: Phone
    employee_no: Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[0-9A-Za-z_-]+$")]
    service_point_id: UUID | None = None
    contractor_id: UUID | None = None
    skills: Skills
    areas: Areas = []
    home: HomeIn


class EngineerPatch(Input):
    """Only what is given changes; null for ``contractor_id`` makes him one of ours."""

    name: NeededWord | None = None
    phone: Phone | None = None
    service_point_id: UUID | None = None
    contractor_id: UUID | None = None
    skills: Skills | None = None
    areas: Areas | None = None
    home: HomeIn | None = None

    @model_validator(mode="after")
    def something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("请至少修改一项。")
        return self


class EngineerRecord(Output):
    """``max_visits`` is the most that he does on a day of his pattern."""

    id: UUID
    employee_no: str
    username: str
    name: str
    phone: str
    service_point_id: UUID | None
    service_point: str
    contractor_id: UUID | None
    contractor: str
    skills: list[str]
    licences: list[LicenceOut]
    areas: list[str]
    latitude: float
    longitude: float
    max_visits: int
    active: bool


class EngineerList(Output):
    items: list[EngineerRecord]


class LeaveIn(Input):
    reason: NeededLine


class LeftOut(Output):
    """``visits`` look for somebody else; ``in_hand`` is under way or without a time, and somebody must take it over."""

    visits: list[str]
    in_hand: list[str]

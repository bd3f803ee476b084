"""How a customer wishes to be served, as it crosses the API and as it is kept."""

import re
from typing import Annotated, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from app.schemas.common import Input, Line, Output

_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


def _clock(value: str) -> str:
    if not _CLOCK.fullmatch(value):
        raise ValueError("时间请写成 08:00 这样的形式。")
    return value


def _distinct(value: list[int]) -> list[int]:
    return sorted(set(value))


Clock = Annotated[str, StringConstraints(max_length=5), AfterValidator(_clock)]
Weekdays = Annotated[
    list[Annotated[int, Field(ge=1, le=7)]], Field(min_length=1, max_length=7), AfterValidator(_distinct)
]


class ContactSpanIn(Input):
    """Monday is 1. ``{"weekdays": [6, 7], "from": "09:00", "until": "20:00"}``"""

    weekdays: Weekdays
    begin: Annotated[Clock, Field(alias="from")]
    until: Clock

    @model_validator(mode="after")
    def forward(self) -> Self:
        if self.begin >= self.until:
            raise ValueError("结束时间要晚于开始时间。")
        return self


class PreferencesIn(Input):
    """All of them: what is left out is what it is for somebody who never said anything."""

    contact_hours: Annotated[list[ContactSpanIn], Field(max_length=14)] = []
    same_engineer: bool = True
    visit_notes: Line = ""


class ContactSpanOut(Output):
    weekdays: list[int]
    begin: Annotated[str, Field(alias="from")]
    until: str


class PreferencesOut(Output):
    """``contact_hours``: what can wait reaches the customer only then, and slots in them are offered first; empty for
    no wish. ``same_engineer``: whom he rated well comes first. ``visit_notes``: for whoever comes."""

    contact_hours: list[ContactSpanOut]
    same_engineer: bool
    visit_notes: str

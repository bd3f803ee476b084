"""Licences on paper, and customers who do not want somebody again, as they cross the API."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator

from app.domain.triage.labels import Licence
from app.schemas.common import Input, NeededLine, Output, Word


class LicenceIn(Input):
    """``expires_on`` is the last day on which it counts; null when it has no end."""

    licence: Licence
    number: Word = ""
    expires_on: Annotated[date | None, Field(ge=date(2000, 1, 1), lt=date(2100, 1, 1))] = None


class LicencesIn(Input):
    """All that he has; what is left out, he has no more."""

    items: Annotated[list[LicenceIn], Field(max_length=20)]

    @model_validator(mode="after")
    def each_once(self) -> Self:
        if len({item.licence for item in self.items}) < len(self.items):
            raise ValueError("同一种证照只能填写一次。")
        return self


class LicenceOut(Output):
    licence: str
    number: str
    expires_on: date | None


class LicenceList(Output):
    items: list[LicenceOut]


class BanIn(Input):
    reason: NeededLine


class BanOut(Output):
    engineer_id: UUID
    name: str
    reason: str
    created_at: datetime


class BanList(Output):
    items: list[BanOut]

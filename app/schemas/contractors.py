"""Contractors as they cross the API: who they are, and what may go to them."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator

from app.domain.situation import ServiceType, Warranty
from app.schemas.common import Input, NeededWord, Output, Phone, Word


class ContractorIn(Input):
    name: NeededWord
    contact_name: Word = ""
    phone: Phone | None = None


class ContractorPatch(Input):
    """Only what is given changes. One that is not ``active`` gets no new work; what it has, it finishes."""

    name: NeededWord | None = None
    contact_name: Word | None = None
    phone: Phone | None = None
    active: bool | None = None


class TermsIn(Input):
    """Jobs of these kinds, by what was decided about their warranty; ``districts`` null means wherever its engineers
    work. From ``valid_from`` on, it takes the place of the version before."""

    valid_from: Annotated[date, Field(ge=date(2000, 1, 1), lt=date(2100, 1, 1))]
    service_types: Annotated[list[ServiceType], Field(max_length=6)]
    warranties: Annotated[list[Warranty], Field(max_length=3)]
    districts: Annotated[list[NeededWord] | None, Field(min_length=1, max_length=200)] = None

    @model_validator(mode="after")
    def each_once(self) -> Self:
        for words in (self.service_types, self.warranties, self.districts or []):
            if len(set(words)) < len(words):
                raise ValueError("同一项只能填写一次。")
        return self


class TermsOut(Output):
    version: int
    valid_from: date
    service_types: list[ServiceType]
    warranties: list[Warranty]
    districts: list[str] | None
    published_at: datetime


class ContractorOut(Output):
    """``terms`` are all versions, the one that begins last first; without any, nothing goes to it."""

    id: UUID
    name: str
    contact_name: str
    phone: str
    active: bool
    engineers: int
    terms: list[TermsOut]


class ContractorList(Output):
    items: list[ContractorOut]

"""The mandatory items of a job: which there are, and which of them a job asks for."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, model_validator

from app.domain.situation import Photo, Purpose, ServiceType, Situation

FILE = Path(__file__).parent / "items.toml"


class Kind(StrEnum):
    PHOTO = "photo"
    VIDEO = "video"
    READING = "reading"
    TICK = "tick"


class Due(StrEnum):
    START = "start"
    FINISH = "finish"


class Side(StrEnum):
    BEFORE = "before"
    AFTER = "after"
    BESIDE = "beside"


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Item(_Table):
    code: str
    name: str
    kind: Kind
    due: Due
    side: Side
    next_step: str
    takes: Purpose | None = None
    unit: str = ""
    low: float | None = None
    high: float | None = None

    @model_validator(mode="after")
    def reading_has_bounds(self) -> Self:
        bounded = self.low is not None and self.high is not None and self.unit != ""
        if bounded != (self.kind is Kind.READING):
            raise ValueError(f"{self.code}: a reading, and nothing else, has a unit and bounds")
        return self

    def shown_by(self, photo: Photo) -> bool:
        if photo.item:
            return photo.item == self.code
        return self.takes is photo.purpose

    @property
    def is_picture(self) -> bool:
        return self.kind in (Kind.PHOTO, Kind.VIDEO)


@dataclass(frozen=True)
class Asked:
    """What of a job decides which items it asks for."""

    service_type: ServiceType
    category: str
    fault: str
    licences: frozenset[str]


class Demand(_Table):
    """A set of items and the jobs that ask for it; what a condition leaves out fits every job."""

    services: frozenset[ServiceType]
    items: tuple[str, ...]
    categories: frozenset[str] = frozenset()
    faults: frozenset[str] = frozenset()
    licences: frozenset[str] = frozenset()

    def fits(self, job: Asked) -> bool:
        return (
            job.service_type in self.services
            and (not self.categories or job.category in self.categories)
            and (not self.faults or job.fault in self.faults)
            and (not self.licences or not self.licences.isdisjoint(job.licences))
        )


class ProofRule(_Table):
    """Where the customer's word is needed on the spot: for these services, and for charges above the limit."""

    services: frozenset[ServiceType]
    above_fen: int

    def fits(self, s: Situation) -> bool:
        return s.service_type in self.services or s.approved_fen > self.above_fen


class Catalogue(_Table):
    proof: ProofRule
    items: Mapping[str, Item]
    sets: tuple[Demand, ...]

    @model_validator(mode="after")
    def sets_name_items(self) -> Self:
        strange = {code for demand in self.sets for code in demand.items} - set(self.items)
        if strange:
            raise ValueError(f"sets name items that there are not: {sorted(strange)}")
        return self


@cache
def catalogue() -> Catalogue:
    tables = tomllib.loads(FILE.read_text(encoding="utf-8"))
    items = {code: Item.model_validate({"code": code} | table) for code, table in tables["item"].items()}
    sets = tuple(Demand.model_validate(table) for table in tables["set"])
    return Catalogue(proof=ProofRule.model_validate(tables["proof"]), items=items, sets=sets)


def required(s: Situation) -> tuple[Item, ...]:
    return required_of(Asked(s.service_type, s.category, s.diagnosis.fault, frozenset(s.required_licences)))


def required_of(job: Asked) -> tuple[Item, ...]:
    """In the order of the file, each once."""
    known = catalogue()
    wanted = {code for demand in known.sets if demand.fits(job) for code in demand.items}
    return tuple(item for code, item in known.items.items() if code in wanted)


# Read at import: a file that contradicts itself stops the start, not the first job.
catalogue()

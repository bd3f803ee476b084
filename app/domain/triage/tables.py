"""The shape of the rule files. Unknown keys and unknown labels are refused."""

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict

from app.domain.triage.labels import Category, Fault, Licence, ServiceType, Urgency


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FaultTable(_Table):
    tells: str = ""
    hints: str = ""
    parts: tuple[str, ...] = ()
    prepare: tuple[str, ...] = ()
    licences: tuple[Licence, ...] = ()
    minutes: int | None = None


class Clue(_Table):
    """A detail that points at a spare part more surely than the fault as a whole does."""

    when: str
    parts: tuple[str, ...]


class ProductTable(_Table):
    category: Category
    skill: str
    usual_fault: Fault
    minutes: Mapping[ServiceType, int]
    licences: Mapping[ServiceType, tuple[Licence, ...]]
    prepare: tuple[str, ...]
    names: str
    pieces: str = ""
    scenes: str = ""
    clues: tuple[Clue, ...] = ()
    fault: Mapping[Fault, FaultTable]


class CommonFault(_Table):
    sure: str = ""
    strong: str = ""
    weak: str = ""


class UrgencyTable(_Table):
    id: str
    level: Urgency
    say: str
    any: str
    with_: str = ""
    unless: str = ""
    hazard: str = ""
    categories: tuple[Category, ...] = ()
    faults: tuple[Fault, ...] = ()


class HazardTable(_Table):
    advice: str
    prepare: tuple[str, ...]


class ServiceTable(_Table):
    remote_services: frozenset[ServiceType]
    remote_categories: frozenset[Category]
    on_site_faults: frozenset[Fault]
    default_minutes: int
    desk_minutes: int
    shortest_visit: int
    extra_minutes: Mapping[Fault, int]
    fault_licences: Mapping[Fault, tuple[Licence, ...]]

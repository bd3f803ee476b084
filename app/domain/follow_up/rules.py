"""Which jobs are called about: rules that are data, and a draw that comes out the same whenever it is repeated."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from enum import StrEnum
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from app.domain.situation import ServiceType

FILE = Path(__file__).parent / "rules.toml"
_DRAWS = 2**64


class Cause(StrEnum):
    COMPLETED = "completed"
    UNRESOLVED = "unresolved"


class CallOutcome(StrEnum):
    REACHED = "reached"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    UNREACHABLE = "unreachable"
    CALL_LATER = "call_later"
    REFUSED = "refused"


# What the customer may still say another time.
MISSED = (CallOutcome.NO_ANSWER, CallOutcome.BUSY, CallOutcome.UNREACHABLE, CallOutcome.CALL_LATER)


@dataclass(frozen=True)
class Job:
    """What the rules may ask of a job at the moment of its end."""

    number: str
    seq: int
    cause: Cause
    service_type: ServiceType
    rework: bool = False
    urged: int = 0
    charge_fen: int = 0


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Rule(_Table):
    name: str
    rate: Annotated[float, Field(ge=0, le=1)]
    questions: tuple[str, ...]
    cause: Cause = Cause.COMPLETED
    services: frozenset[ServiceType] = frozenset()
    rework: bool = False
    urged_from: int = 0
    charge_from_fen: int = 0

    def fits(self, job: Job) -> bool:
        return (
            job.cause is self.cause
            and (not self.services or job.service_type in self.services)
            and (job.rework or not self.rework)
            and job.urged >= self.urged_from
            and job.charge_fen >= self.charge_from_fen
        )


class Calls(_Table):
    opens: time
    closes: time
    first_after_minutes: int
    within_hours: int
    attempts: Annotated[int, Field(ge=1)]
    hold_minutes: int
    content_from: Annotated[int, Field(ge=1, le=5)]
    again_minutes: Mapping[CallOutcome, int]

    @model_validator(mode="after")
    def every_miss_has_its_delay(self) -> Self:
        if set(self.again_minutes) != set(MISSED):
            raise ValueError(f"again_minutes needs {[outcome.value for outcome in MISSED]}, each once")
        return self


class Script(_Table):
    opening: str
    closing: str


class Rulebook(_Table):
    version: str
    calls: Calls
    script: Script
    rule: tuple[Rule, ...]

    def rule_for(self, job: Job) -> Rule | None:
        return next((rule for rule in self.rule if rule.fits(job)), None)

    def named(self, name: str) -> Rule | None:
        """None for one that has gone since a job was drawn by it."""
        return next((rule for rule in self.rule if rule.name == name), None)


@cache
def rulebook() -> Rulebook:
    return Rulebook.model_validate(tomllib.loads(FILE.read_text(encoding="utf-8")))


def is_drawn(job: Job, rule: Rule) -> bool:
    """By a number that belongs to this end of this job: nobody can choose whom he calls, and anybody can check."""
    digest = blake2b(f"{job.number}#{job.seq}".encode(), digest_size=8).digest()
    return int.from_bytes(digest) / _DRAWS < rule.rate

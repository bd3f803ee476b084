"""When what a customer says or gives becomes a case of its own: rules that are data."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from app.domain.rating import Scores
from app.domain.triage import standing_rules
from app.domain.triage.pattern import compile_any

FILE = Path(__file__).parent / "rules.toml"


class Cause(StrEnum):
    THREAT = "threat"
    ANGRY_WORDS = "angry_words"
    UNSOLVED_CALL = "unsolved_call"
    # The customer, or an agent for him, said that it is a complaint.
    SAID = "said"
    LOW_SCORE = "low_score"
    COMPLAINT_TICKET = "complaint_ticket"


CAUSE_LABELS: Mapping[Cause, str] = {
    Cause.THREAT: "扬言投诉曝光",
    Cause.ANGRY_WORDS: "言辞激烈",
    Cause.UNSOLVED_CALL: "回访未解决",
    Cause.SAID: "客户投诉",
    Cause.LOW_SCORE: "低分评价",
    Cause.COMPLAINT_TICKET: "投诉工单",
}


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Words(_Table):
    threat: str
    angry: str
    unless: str


class Rules(_Table):
    low_score: Annotated[int, Field(ge=1, le=5)]
    answer_hours: int
    warn_hours: int
    again_hours: int
    due_hours: Mapping[Cause, int]
    words: Words

    @model_validator(mode="after")
    def every_cause_has_its_deadline(self) -> Self:
        if set(self.due_hours) != set(Cause):
            raise ValueError(f"due_hours needs {[cause.value for cause in Cause]}, each once")
        return self

    def due(self, cause: Cause, at: datetime) -> datetime:
        return at + timedelta(hours=self.due_hours[cause])

    def again(self, at: datetime) -> datetime:
        """The deadline after the customer has said that it is not solved."""
        return at + timedelta(hours=self.again_hours)

    def warning(self, due: datetime) -> datetime:
        return due - timedelta(hours=self.warn_hours)


@dataclass(frozen=True)
class _Expressions:
    threat: re.Pattern[str]
    angry: re.Pattern[str]
    unless: re.Pattern[str]


@cache
def rules() -> Rules:
    return Rules.model_validate(tomllib.loads(FILE.read_text(encoding="utf-8")))


@cache
def _expressions() -> _Expressions:
    words = rules().words
    return _Expressions(*(_compiled(block) for block in (words.threat, words.angry, words.unless)))


def _compiled(block: str) -> re.Pattern[str]:
    found = compile_any(block.split(), {})
    if found is None:
        raise ValueError("a block of words is empty")
    return found


def heard(text: str) -> Cause | None:
    """What a customer's words amount to: a threat, anger, or nothing to be done about."""
    expressions = _expressions()
    said = expressions.unless.sub(" ", standing_rules().normalise(text))
    if expressions.threat.search(said):
        return Cause.THREAT
    return Cause.ANGRY_WORDS if expressions.angry.search(said) else None


def rated(scores: Scores, comment: str) -> Cause | None:
    """The sterner of what the stars and the words say."""
    words = heard(comment)
    if words is not None:
        return words
    return Cause.LOW_SCORE if scores.lowest <= rules().low_score else None

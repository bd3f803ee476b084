"""Complaint cases as they cross the API."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from app.domain.complaint.rules import Cause
from app.domain.lifecycle import Role
from app.models.aftercare import CaseOutcome, CaseState, StepKind
from app.schemas.common import Input, Line, NeededLine, NeededStory, Output


class ComplaintIn(Input):
    text: NeededStory


class StepIn(Input):
    """What was done, and what came of it."""

    kind: Literal["call", "visit", "note"]
    text: NeededStory
    result: Line = ""


class RemedyIn(Input):
    """What was wrong with us, and what we offer for it; ``amount_fen`` where it costs something."""

    root_cause: NeededLine
    remedy: NeededLine
    amount_fen: Annotated[int, Field(ge=0, le=10_000_000, strict=True)] = 0


class CloseIn(Input):
    reason: NeededLine


class VerdictIn(Input):
    """The customer says whether it is solved; a no says what is not."""

    solved: bool
    note: Line = ""

    @model_validator(mode="after")
    def explained(self) -> Self:
        if not self.solved and not self.note:
            raise ValueError("请写几个字，告诉我们还有什么没有解决（note）。")
        return self


class LinkedVerdictIn(VerdictIn):
    token: Annotated[str, StringConstraints(min_length=16, max_length=64, pattern=r"^[\w-]+$")]


class StepOut(Output):
    n: int
    kind: StepKind
    text: str
    result: str
    role: Role
    by: str | None
    at: datetime


class CaseOut(Output):
    id: str
    number: str
    service: str
    customer: str
    phone_masked: str
    engineer: str | None
    state: CaseState
    cause: Cause
    label: str
    owner: str | None
    opened_at: datetime
    due_at: datetime
    late: bool
    escalated: bool
    reopened: int
    root_cause: str
    remedy: str
    remedy_fen: int
    outcome: CaseOutcome | None
    closed_at: datetime | None
    steps: list[StepOut]


class CasePage(Output):
    items: list[CaseOut]
    next_cursor: str | None


class ComplaintOut(Output):
    """What the customer sees of it: who is on it, by when, what is offered."""

    number: str
    service: str
    state: CaseState
    owner: str | None
    due_at: datetime
    remedy: str
    remedy_fen: int
    may_answer: bool
    outcome: CaseOutcome | None

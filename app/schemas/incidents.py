"""Incidents and their task forces as they cross the API."""

from datetime import date, datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from app.domain.incidents.duties import SILENT_HOURS, Severity
from app.domain.incidents.life import Stage
from app.domain.lifecycle import Role, State
from app.models.incidents import Attached, EntryKind, Outcome, ReviewState
from app.schemas.common import Input, Line, Moment, NeededLine, NeededStory, NeededWord, Output, Word


class AcceptIn(Input):
    """``broadcast`` is told to all customers at once; ``promised_at`` is by when they may expect it to be over."""

    severity: Severity = Severity.WIDE
    owner_id: UUID | None = None
    member_ids: Annotated[list[UUID], Field(max_length=30)] = []
    broadcast: Line = ""
    promised_at: Moment | None = None


class NewIncident(AcceptIn):
    """About the fault of one ticket: its kind, its fault and its service point are those of the incident."""

    ticket: NeededWord
    title: Word = ""


class DismissIn(Input):
    reason: NeededLine
    silent_hours: Annotated[int, Field(ge=1, le=168, strict=True)] = SILENT_HOURS


class AttachIn(Input):
    tickets: Annotated[list[NeededWord], Field(min_length=1, max_length=100)]


class DetachIn(Input):
    reason: NeededLine


class BroadcastIn(Input):
    text: NeededLine
    promised_at: Moment | None = None


class UpdateIn(Input):
    """Among staff; ``stage`` says how far the work has come."""

    text: Line = ""
    stage: Literal[Stage.FIXING, Stage.WATCHING] | None = None

    @model_validator(mode="after")
    def something(self) -> Self:
        if not self.text and self.stage is None:
            raise ValueError("请写明进展（text）。")
        return self


class ResolveIn(Input):
    """``solution`` is what the customers read."""

    solution: Annotated[NeededLine, Field(min_length=2)]


class ReviewIn(Input):
    cause: NeededStory
    course: NeededStory
    better: NeededStory


class ReviewVerdictIn(Input):
    approved: bool
    note: Line = ""

    @model_validator(mode="after")
    def explained(self) -> Self:
        if not self.approved and not self.note:
            raise ValueError("退回复盘请写明还缺什么（note）。")
        return self


class ActionIn(Input):
    text: NeededLine
    owner_id: UUID
    due_on: date


class IncidentSummary(Output):
    number: str
    title: str
    state: Stage
    label: str
    severity: Severity
    category: str
    fault: str
    service_point: str | None
    owner: str | None
    tickets: int
    customers: int
    proposed_at: datetime
    accepted_at: datetime | None
    resolved_at: datetime | None
    # By when the customers hear of it again, or the review is written.
    due_at: datetime | None
    late: bool


class IncidentPage(Output):
    items: list[IncidentSummary]
    next_cursor: str | None


class EvidenceOut(Output):
    """So many customers within so many minutes, where so many are usual at this hour of the day.

    ``chance`` is how probable that is; by chance as many come once in so many ``days`` (null for older proposals).
    """

    observed: int
    expected: float
    dispersion: float
    chance: float
    days: float | None = None
    minutes: int


class PersonOut(Output):
    id: str
    name: str
    role: Role


class IncidentTicketOut(Output):
    number: str
    state: State
    customer: str
    how: Attached
    attached_at: datetime
    outcome: Outcome | None
    reason: str


class EntryOut(Output):
    n: int
    kind: EntryKind
    text: str
    by: str
    at: datetime


class ReviewOut(Output):
    state: ReviewState
    cause: str
    course: str
    better: str
    written_by: str
    written_at: datetime
    note: str
    decided_by: str | None
    decided_at: datetime | None


class ActionOut(Output):
    id: str
    text: str
    owner: str
    due_on: date
    done_at: datetime | None
    late: bool


class ImpactOut(Output):
    """Computed. Minutes are from the first ticket; None for what has not happened."""

    tickets: int
    customers: int
    moved: int
    stayed: int
    not_solved: int
    first_response_minutes: float | None
    minutes_to_acknowledge: float | None
    minutes_to_mitigate: float | None
    minutes_to_resolve: float | None


class IncidentOut(IncidentSummary):
    evidence: EvidenceOut | None
    promised_at: datetime | None
    mitigated_at: datetime | None
    reviewed_at: datetime | None
    solution: str
    dismissed_reason: str
    silent_until: datetime | None
    members: list[PersonOut]
    # The first two hundred; the others are counted.
    attached: list[IncidentTicketOut]
    timeline: list[EntryOut]
    impact: ImpactOut
    review: ReviewOut | None
    actions: list[ActionOut]


class TicketIncidentOut(Output):
    """What a ticket belongs to, as whoever may see the ticket reads it."""

    number: str
    title: str
    state: Stage
    label: str
    text: str
    promised_at: datetime | None
    told_at: datetime | None

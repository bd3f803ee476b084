"""What happens after the work: calls, complaints, appeals."""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, Text, UniqueConstraint, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.complaint.rules import Cause as Grievance
from app.domain.follow_up.rules import CallOutcome, Cause
from app.domain.kpi.rows import Measure
from app.domain.lifecycle import Role
from app.models.base import Base, one_of


class FollowUpState(StrEnum):
    OPEN = "open"
    REACHED = "reached"
    EXHAUSTED = "exhausted"
    # The customer does not want calls: he said so before, or when he was called.
    REFUSED = "refused"
    # It came to nothing: the work goes on, or he has said in the rating what there was to say.
    WITHDRAWN = "withdrawn"


class CaseState(StrEnum):
    OPEN = "open"
    WORKING = "working"
    # A remedy is offered: the customer says whether it is solved.
    PROPOSED = "proposed"
    CLOSED = "closed"


class CaseOutcome(StrEnum):
    SOLVED = "solved"
    # A manager ended it although the customer never said that it was solved.
    SETTLED = "settled"


class StepKind(StrEnum):
    OPENED = "opened"
    HEARD = "heard"
    TAKEN = "taken"
    CALL = "call"
    VISIT = "visit"
    NOTE = "note"
    REMEDY = "remedy"
    SOLVED = "solved"
    NOT_SOLVED = "not_solved"
    SILENT = "silent"
    WARNED = "warned"
    ESCALATED = "escalated"
    REOPENED = "reopened"
    CLOSED = "closed"


class FollowUp(Base):
    """A call that is owed after one end of a job. ``seq`` is that of the event, so that it is owed once."""

    __tablename__ = "follow_ups"
    __table_args__ = (
        one_of("state", FollowUpState),
        one_of("cause", Cause),
        UniqueConstraint("ticket_id", "seq"),
        CheckConstraint("(state = 'open') = (closed_at IS NULL)", name="closed"),
        CheckConstraint("(taken_by IS NULL) = (taken_until IS NULL)", name="taken"),
        CheckConstraint("attempts >= 0 AND due_at > created_at", name="counted"),
        CheckConstraint("escalated_at >= due_at", name="late"),
        Index(
            "ix_follow_ups_due_at",
            "due_at",
            "id",
            postgresql_where=text("state = 'open' AND escalated_at IS NULL"),
        ),
        Index("ix_follow_ups_open", "due_at", "id", postgresql_where=text("state = 'open'")),
        Index("ix_follow_ups_closed", "closed_at", "id", postgresql_where=text("state <> 'open'")),
    )

    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"))
    seq: Mapped[int]
    cause: Mapped[str] = mapped_column(Text)
    # By which rule of which version it was drawn.
    rule: Mapped[str] = mapped_column(Text)
    rules_version: Mapped[str] = mapped_column(Text)
    # Who did the work that the customer is asked about.
    engineer_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("engineers.id"))
    state: Mapped[str] = mapped_column(Text)
    due_at: Mapped[datetime]
    next_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    taken_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("staff.id"))
    taken_until: Mapped[datetime | None]
    # The managers heard that it was not made in time.
    escalated_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class FollowUpCall(Base):
    """One attempt, credited to who made it; what the customer said belongs to the engineer of the follow-up."""

    __tablename__ = "follow_up_calls"
    __table_args__ = (
        one_of("outcome", CallOutcome),
        CheckConstraint("(outcome = 'reached') = (solved IS NOT NULL)", name="answered"),
        CheckConstraint("score IS NULL OR score BETWEEN 1 AND 5 AND outcome = 'reached'", name="score"),
        Index("ix_follow_up_calls_agent_id_at", "agent_id", "at"),
    )

    follow_up_id: Mapped[int] = mapped_column(ForeignKey("follow_ups.id"), primary_key=True)
    attempt: Mapped[int] = mapped_column(primary_key=True)
    agent_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("staff.id"))
    outcome: Mapped[str] = mapped_column(Text)
    solved: Mapped[bool | None]
    score: Mapped[int | None]
    note: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]


class CallRefusal(Base):
    """A customer does not want to be called to be asked how it was. Calls about a job on its way are another matter."""

    __tablename__ = "call_refusals"
    __table_args__ = (Index("ix_call_refusals_customer_id", "customer_id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    customer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("customers.id"))
    # The customer himself, or the member of staff to whom he said it.
    created_by: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    lifted_at: Mapped[datetime | None]


class ComplaintCase(Base):
    """A customer is not content: one for each ticket, with an owner and a deadline, until he says that it is solved."""

    __tablename__ = "complaint_cases"
    __table_args__ = (
        one_of("state", CaseState),
        one_of("cause", Grievance),
        CheckConstraint("outcome IN ('solved', 'settled')", name="outcome"),
        CheckConstraint("state = 'open' OR owner_id IS NOT NULL OR state = 'closed'", name="owner"),
        CheckConstraint(
            "state <> 'proposed' OR remedy <> '' AND root_cause <> '' AND link IS NOT NULL", name="remedy"
        ),
        CheckConstraint(
            "(state = 'closed') = (closed_at IS NOT NULL) AND (closed_at IS NULL) = (outcome IS NULL)",
            name="closed",
        ),
        CheckConstraint("due_at > opened_at AND remedy_fen >= 0", name="sane"),
        Index("ix_complaint_cases_open", "due_at", "id", postgresql_where=text("state <> 'closed'")),
        Index("ix_complaint_cases_closed", "closed_at", "id", postgresql_where=text("state = 'closed'")),
        Index("ix_complaint_cases_wake_at", "wake_at", postgresql_where=text("wake_at IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), unique=True)
    state: Mapped[str] = mapped_column(Text)
    cause: Mapped[str] = mapped_column(Text)
    # Whose work it is about, where anybody had come.
    engineer_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("engineers.id"))
    owner_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("staff.id"))
    opened_at: Mapped[datetime]
    due_at: Mapped[datetime]
    # When the sweeper has to look at it again.
    wake_at: Mapped[datetime | None]
    escalated_at: Mapped[datetime | None]
    reopened: Mapped[int] = mapped_column(server_default=text("0"))
    root_cause: Mapped[str] = mapped_column(Text, server_default=text("''"))
    remedy: Mapped[str] = mapped_column(Text, server_default=text("''"))
    remedy_fen: Mapped[int] = mapped_column(server_default=text("0"))
    # Opens the page on which the customer says whether it is solved, without signing in.
    link: Mapped[str | None] = mapped_column(Text, unique=True)
    outcome: Mapped[str | None] = mapped_column(Text)
    closed_at: Mapped[datetime | None]


class CaseStep(Base):
    """What was done about it and what came of it, in order."""

    __tablename__ = "case_steps"
    __table_args__ = (one_of("kind", StepKind), one_of("actor_role", Role))

    case_id: Mapped[int] = mapped_column(ForeignKey("complaint_cases.id"), primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    result: Mapped[str] = mapped_column(Text)
    actor_role: Mapped[str] = mapped_column(Text)
    actor_id: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]


class TicketMerge(Base):
    """A ticket became part of another: what moved, so that exactly that can move back."""

    __tablename__ = "ticket_merges"
    __table_args__ = (
        CheckConstraint("ticket_id <> into_id", name="two"),
        # A ticket can be part of another only once at a time.
        Index("ix_ticket_merges_into_id", "into_id"),
        Index("uq_ticket_merges_live", "ticket_id", unique=True, postgresql_where=text("undone_at IS NULL")),
    )

    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), primary_key=True)
    # Of the event by which it was merged.
    seq: Mapped[int] = mapped_column(primary_key=True)
    into_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"))
    photos: Mapped[list[uuid.UUID]] = mapped_column(ARRAY(Uuid()))
    # What was added to the other one's description.
    words: Mapped[str] = mapped_column(Text)
    # The complaint that went along.
    case_id: Mapped[int | None] = mapped_column(ForeignKey("complaint_cases.id"))
    merged_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]


class TicketSplit(Base):
    """A ticket about the other of two things that were reported as one."""

    __tablename__ = "ticket_splits"
    __table_args__ = (
        CheckConstraint("ticket_id > from_id", name="later"),
        Index("ix_ticket_splits_from_id", "from_id"),
    )

    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), primary_key=True)
    from_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"))
    split_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("staff.id"))
    split_at: Mapped[datetime]


class AppealState(StrEnum):
    OPEN = "open"
    UPHELD = "upheld"
    REJECTED = "rejected"


class KpiAppeal(Base):
    """An engineer says that a job should not count for a figure of his; what a manager decides stays on record."""

    __tablename__ = "kpi_appeals"
    __table_args__ = (
        one_of("measure", Measure),
        one_of("state", AppealState),
        UniqueConstraint("ticket_id", "engineer_id", "measure"),
        CheckConstraint(
            "(state = 'open') = (decided_at IS NULL) AND (decided_at IS NULL) = (decided_by IS NULL)"
            " AND (decided_at IS NULL OR note <> '')",
            name="decided",
        ),
        Index("ix_kpi_appeals_created_at", "created_at", "id"),
    )

    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"))
    engineer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("engineers.id"))
    measure: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text, server_default=text("''"))
    decided_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("staff.id"))
    decided_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

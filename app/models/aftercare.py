"""What happens after the work: calls, complaints, appeals."""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.follow_up.rules import CallOutcome, Cause
from app.models.base import Base, one_of


class FollowUpState(StrEnum):
    OPEN = "open"
    REACHED = "reached"
    EXHAUSTED = "exhausted"
    # The customer does not want calls: he said so before, or when he was called.
    REFUSED = "refused"
    # It came to nothing: the work goes on, or he has said in the rating what there was to say.
    WITHDRAWN = "withdrawn"


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

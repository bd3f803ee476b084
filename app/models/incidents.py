"""Faults that hit many at once: what was proposed, who works on it, which tickets belong to it, what was learned."""

import uuid
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.incidents.duties import Severity
from app.domain.incidents.life import LIVE, Stage
from app.domain.lifecycle import Role
from app.models.base import Base, one_of

# Of the incidents to which what comes on their key belongs.
LIVE_INCIDENTS = f"state IN ({', '.join(repr(stage.value) for stage in sorted(LIVE))})"


class Attached(StrEnum):
    """How a ticket came to its incident."""

    BURST = "burst"
    MATCH = "match"
    HAND = "hand"


class Outcome(StrEnum):
    """How it left it: with the resolution, by hand, or because it was no incident."""

    MOVED = "moved"
    # It could not be moved: whoever has it goes on.
    STAYED = "stayed"
    # It had ended by itself before.
    OVER = "over"
    DETACHED = "detached"
    DISMISSED = "dismissed"


class EntryKind(StrEnum):
    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    DISMISSED = "dismissed"
    MEMBER = "member"
    MEMBER_LEFT = "member_left"
    ATTACHED = "attached"
    DETACHED = "detached"
    BROADCAST = "broadcast"
    STAGE = "stage"
    # Among staff.
    NOTE = "note"
    UPDATE_LATE = "update_late"
    RESOLVED = "resolved"
    SETTLED = "settled"
    REVIEW = "review"
    REVIEW_LATE = "review_late"
    RETURNED = "returned"
    REVIEWED = "reviewed"
    ACTION = "action"
    ACTION_DONE = "action_done"
    ACTION_LATE = "action_late"


class ReviewState(StrEnum):
    WRITTEN = "written"
    RETURNED = "returned"
    APPROVED = "approved"


class Incident(Base):
    """Many tickets with one cause, by their key: kind of thing, fault and service point (none: beyond any)."""

    __tablename__ = "incidents"
    __table_args__ = (
        one_of("state", Stage),
        one_of("severity", Severity),
        # What comes on the key belongs to the one that lives; a second one cannot begin beside it.
        Index(
            "uq_incidents_live_key",
            "category",
            "fault",
            "service_point_id",
            unique=True,
            postgresql_nulls_not_distinct=True,
            postgresql_where=text(LIVE_INCIDENTS),
        ),
        Index("ix_incidents_proposed_at", "proposed_at", "id"),
        Index("ix_incidents_wake_at", "wake_at", postgresql_where=text("wake_at IS NOT NULL")),
        CheckConstraint("state IN ('proposed', 'dismissed') OR owner_id IS NOT NULL", name="owner"),
        CheckConstraint("(state = 'dismissed') = (dismissed_at IS NOT NULL)", name="dismissed"),
        CheckConstraint("dismissed_at IS NULL OR dismissed_reason <> ''", name="reason"),
        CheckConstraint(
            "(state IN ('resolved', 'reviewed')) = (resolved_at IS NOT NULL)"
            " AND (resolved_at IS NULL OR solution <> '' AND review_due_at IS NOT NULL)",
            name="resolved",
        ),
        CheckConstraint("(state = 'reviewed') = (reviewed_at IS NOT NULL)", name="reviewed"),
        CheckConstraint(
            "(state IN ('open', 'fixing', 'watching')) = (next_update_at IS NOT NULL)", name="next_update"
        ),
    )

    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    number: Mapped[str] = mapped_column(Text, unique=True)
    state: Mapped[str] = mapped_column(Text)
    category: Mapped[str] = mapped_column(Text)
    fault: Mapped[str] = mapped_column(Text)
    service_point_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("service_points.id"))
    title: Mapped[str] = mapped_column(Text)
    severity: Mapped[str] = mapped_column(Text)
    # What was seen, and what was usual; NULL for one that somebody opened by hand.
    evidence: Mapped[dict[str, Any] | None]
    # The first ticket: what staff are told about the incident travels by it.
    anchor_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"))
    owner_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("staff.id"))
    # Tickets from here on are looked at; up to the second moment all of them have been.
    since: Mapped[datetime]
    swept_at: Mapped[datetime]
    # The last word to all: its entry, and by when it was promised to be over.
    broadcast_n: Mapped[int] = mapped_column(server_default=text("0"))
    promised_at: Mapped[datetime | None]
    next_update_at: Mapped[datetime | None]
    # When the worker has to look at its duties again.
    wake_at: Mapped[datetime | None]
    solution: Mapped[str] = mapped_column(Text, server_default=text("''"))
    dismissed_reason: Mapped[str] = mapped_column(Text, server_default=text("''"))
    silent_until: Mapped[datetime | None]
    proposed_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    mitigated_at: Mapped[datetime | None]
    resolved_at: Mapped[datetime | None]
    review_due_at: Mapped[datetime | None]
    reviewed_at: Mapped[datetime | None]
    dismissed_at: Mapped[datetime | None]


class IncidentTicket(Base):
    __tablename__ = "incident_tickets"
    __table_args__ = (
        one_of("how", Attached),
        CheckConstraint(
            f"outcome IN ({', '.join(repr(outcome.value) for outcome in Outcome)})", name="outcome"
        ),
        CheckConstraint("(ended_at IS NULL) = (outcome IS NULL)", name="ended"),
        CheckConstraint("outcome <> 'detached' OR reason <> ''", name="reason"),
        # A ticket belongs to one incident at a time.
        Index(
            "uq_incident_tickets_live", "ticket_id", unique=True, postgresql_where=text("ended_at IS NULL")
        ),
        Index("ix_incident_tickets_ticket_id", "ticket_id"),
        Index("ix_incident_tickets_at_work", "incident_id", postgresql_where=text("ended_at IS NULL")),
    )

    incident_id: Mapped[int] = mapped_column(ForeignKey("incidents.id"), primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), primary_key=True)
    how: Mapped[str] = mapped_column(Text)
    attached_by: Mapped[str] = mapped_column(Text)
    attached_at: Mapped[datetime]
    # When its level was raised and its customer learned that the fault is known.
    joined_at: Mapped[datetime | None]
    # The last broadcast in its timeline, and the last one that went to its customer's phone by this ticket.
    told_n: Mapped[int] = mapped_column(server_default=text("0"))
    pushed_n: Mapped[int] = mapped_column(server_default=text("0"))
    ended_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text, server_default=text("''"))


class IncidentMember(Base):
    __tablename__ = "incident_members"

    incident_id: Mapped[int] = mapped_column(ForeignKey("incidents.id"), primary_key=True)
    staff_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    joined_at: Mapped[datetime]


class IncidentEntry(Base):
    """One line of the incident's own timeline; ``n`` counts from 1."""

    __tablename__ = "incident_entries"
    __table_args__ = (one_of("kind", EntryKind), one_of("actor_role", Role))

    incident_id: Mapped[int] = mapped_column(ForeignKey("incidents.id"), primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    data: Mapped[dict[str, Any]]
    actor_role: Mapped[str] = mapped_column(Text)
    actor_id: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]


class IncidentReview(Base):
    """What was learned (复盘): written by the owner, approved by a manager who is somebody else."""

    __tablename__ = "incident_reviews"
    __table_args__ = (
        one_of("state", ReviewState),
        CheckConstraint("cause <> '' AND course <> '' AND better <> ''", name="told"),
        CheckConstraint(
            "(state = 'written') = (decided_at IS NULL) AND (decided_at IS NULL) = (decided_by IS NULL)",
            name="decided",
        ),
        CheckConstraint("decided_by <> written_by", name="two"),
    )

    incident_id: Mapped[int] = mapped_column(ForeignKey("incidents.id"), primary_key=True)
    state: Mapped[str] = mapped_column(Text)
    cause: Mapped[str] = mapped_column(Text)
    # What happened when, in the owner's words; the entries are beside it.
    course: Mapped[str] = mapped_column(Text)
    better: Mapped[str] = mapped_column(Text)
    written_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("staff.id"))
    written_at: Mapped[datetime]
    note: Mapped[str] = mapped_column(Text, server_default=text("''"))
    decided_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("staff.id"))
    decided_at: Mapped[datetime | None]


class IncidentAction(Base):
    """What somebody does until a day, so that it does not happen again."""

    __tablename__ = "incident_actions"
    __table_args__ = (
        CheckConstraint("text <> ''", name="told"),
        Index("ix_incident_actions_incident_id", "incident_id", "id"),
        Index("ix_incident_actions_remind_at", "remind_at", postgresql_where=text("done_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incidents.id"))
    text: Mapped[str] = mapped_column(Text)
    owner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("staff.id"))
    due_on: Mapped[date]
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    # When its owner hears that it is overdue, for the first time or again.
    remind_at: Mapped[datetime | None]
    reminded: Mapped[int] = mapped_column(server_default="0")

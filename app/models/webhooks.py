"""What other systems are told of what happens to tickets, and how far those who follow the events have come."""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, LargeBinary, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.webhooks.retry import DeliveryState
from app.models.base import Base, Created, one_of


class EndpointState(StrEnum):
    ACTIVE = "active"
    # By an admin: what happens meanwhile waits for him.
    PAUSED = "paused"
    # By us, after it failed for days or said that it is gone.
    DISABLED = "disabled"


class EventCursor(Base):
    """How far somebody has read all events of all tickets, in the order of ``ticket_events.xact`` (ADR 35)."""

    __tablename__ = "event_cursors"

    name: Mapped[str] = mapped_column(Text, primary_key=True)
    xact: Mapped[int]
    ticket_id: Mapped[int]
    seq: Mapped[int]


class WebhookEndpoint(Base, Created):
    """An address of another system, and the events of which it is told."""

    __tablename__ = "webhook_endpoints"
    __table_args__ = (
        one_of("state", EndpointState),
        CheckConstraint("cardinality(events) > 0", name="events"),
        CheckConstraint("(previous_secret IS NULL) = (previous_until IS NULL)", name="previous_secret"),
        CheckConstraint("(failures = 0) = (failing_since IS NULL)", name="failing"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    url: Mapped[str] = mapped_column(Text)
    description: Mapped[str] = mapped_column(Text)
    # Names of events; "*" for all, those of later versions included.
    events: Mapped[list[str]] = mapped_column(ARRAY(Text))
    state: Mapped[str] = mapped_column(Text, server_default=text("'active'"))
    # Sealed (app.services.credentials.keyring). The previous one signs too, until the receiver has changed over.
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    previous_secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    previous_until: Mapped[datetime | None]
    # In a row, whatever delivery it was; one success ends it.
    failures: Mapped[int] = mapped_column(server_default=text("0"))
    failing_since: Mapped[datetime | None]
    # One that fails again and again is left alone for a while.
    rest_until: Mapped[datetime | None]
    created_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("staff.id"))


class WebhookDelivery(Base, Created):
    """One event for one endpoint; a ping has no ticket. The body is not kept: it follows from the event."""

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        one_of("state", DeliveryState),
        UniqueConstraint("endpoint_id", "ticket_id", "seq"),
        CheckConstraint("(ticket_id IS NULL) = (seq IS NULL)", name="ticket"),
        CheckConstraint("(settled_at IS NULL) = (state IN ('queued', 'sending'))", name="settled"),
        Index(
            "ix_webhook_deliveries_due",
            "endpoint_id",
            "due_at",
            "id",
            postgresql_where=text("settled_at IS NULL"),
        ),
        Index("ix_webhook_deliveries_newest", "endpoint_id", "created_at", "id"),
        Index(
            "ix_webhook_deliveries_settled_at", "settled_at", postgresql_where=text("settled_at IS NOT NULL")
        ),
    )

    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    endpoint_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("webhook_endpoints.id", ondelete="CASCADE"))
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"))
    seq: Mapped[int | None]
    event: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, server_default=text("'queued'"))
    # While it is being sent: until when nobody else may take it.
    due_at: Mapped[datetime]
    # All attempts ever, which is also what tells a late worker that another has taken over.
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    # Those since it was queued, or queued anew, and when we stop.
    tries: Mapped[int] = mapped_column(server_default=text("0"))
    give_up_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]


class WebhookAttempt(Base):
    """One call. Without an end: its worker was killed, and nobody knows whether it arrived."""

    __tablename__ = "webhook_attempts"

    delivery_id: Mapped[int] = mapped_column(
        ForeignKey("webhook_deliveries.id", ondelete="CASCADE"), primary_key=True
    )
    attempt: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    started_at: Mapped[datetime]
    milliseconds: Mapped[int | None]
    status: Mapped[int | None]
    # In one word, when there was no answer.
    error: Mapped[str | None] = mapped_column(Text)
    # How the answer began.
    answer: Mapped[str | None] = mapped_column(Text)

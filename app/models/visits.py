"""Appointments in the field and the offers that lead to them."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB, TSTZRANGE, ExcludeConstraint, Range
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.situation import OfferState, VisitState
from app.models.base import Base, one_of

# A visit in one of these states occupies the engineer's time.
LIVE_VISITS = "state IN ('proposed', 'booked', 'customer_confirmed', 'en_route', 'arrived', 'working')"

# The visit $1, and that of whoever comes along: the two go, arrive and begin as one.
OF_BOTH = f"(id = $1 OR accompanies = $1 AND {LIVE_VISITS})"


class Visit(Base):
    __tablename__ = "visits"
    __table_args__ = (
        one_of("state", VisitState),
        # No engineer is in two places. The roster row is locked first, so that this never has to deadlock;
        # deferrable, so that a plan may swap two visits in one transaction.
        ExcludeConstraint(
            ("engineer_id", "="),
            ("planned", "&&"),
            where=text(LIVE_VISITS),
            using="gist",
            name="ex_visits_engineer_planned",
            deferrable=True,
            initially="IMMEDIATE",
        ),
        Index(
            "uq_visits_live",
            "ticket_id",
            unique=True,
            postgresql_where=text(f"accompanies IS NULL AND {LIVE_VISITS}"),
        ),
        Index("uq_visits_accompanies", "accompanies", unique=True, postgresql_where=text(LIVE_VISITS)),
        Index("ix_visits_engineer_id_finished_at", "engineer_id", "finished_at"),
        Index("ix_visits_ticket_id", "ticket_id"),
        CheckConstraint("NOT isempty(promised) AND NOT isempty(planned)", name="times"),
    )

    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"))
    engineer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("engineers.id"))
    # The second of two people has a row of his own, so that his day is held as the first one's is.
    accompanies: Mapped[int | None] = mapped_column(ForeignKey("visits.id"))
    state: Mapped[str] = mapped_column(Text)
    # The window told to the customer; only a rebooking changes it.
    promised: Mapped[Range[datetime]] = mapped_column(TSTZRANGE)
    # When the engineer is expected to work there; planning may move it.
    planned: Mapped[Range[datetime]] = mapped_column(TSTZRANGE)
    # When two people begin together: no plan may move one of them out of it.
    meets: Mapped[Range[datetime] | None] = mapped_column(TSTZRANGE)
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    arrival_code: Mapped[str] = mapped_column(Text)
    # Wrong guesses are counted, as those of the other code.
    arrival_attempts: Mapped[int] = mapped_column(server_default=text("0"))
    # Opens the customer's page of this visit, without signing in.
    link: Mapped[str | None] = mapped_column(Text, unique=True)
    confirmed_at: Mapped[datetime | None]
    # While the engineer is on the way: when he is expected, and how that was known. Gone when he has arrived.
    eta: Mapped[datetime | None]
    eta_at: Mapped[datetime | None]
    # When the customer was told that it will be later than promised.
    late_told_at: Mapped[datetime | None]
    # When the customer was told for certain who comes.
    announced_at: Mapped[datetime | None]
    # When the managers were told that nobody can come.
    stranded_at: Mapped[datetime | None]
    departed_at: Mapped[datetime | None]
    arrived_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    # The event of the ticket that ended it says why; what was kept before this was counted may lack it.
    ended_seq: Mapped[int | None]
    # Known to the customer alone from the moment the work begins; wrong guesses are counted.
    completion_code: Mapped[str | None] = mapped_column(Text)
    completion_attempts: Mapped[int] = mapped_column(server_default=text("0"))
    # Of the event that sealed its evidence (evidence_seals).
    sealed_seq: Mapped[int | None]
    created_at: Mapped[datetime]


class EmptyTrip(Base):
    """What the customer was charged for a visit in vain; ``seq`` is that of the event and of its receipt."""

    __tablename__ = "empty_trips"
    __table_args__ = (
        UniqueConstraint("ticket_id", "seq"),
        CheckConstraint("fee_fen > 0", name="fee"),
        CheckConstraint("(waived_at IS NULL) = (waived_by IS NULL)", name="waived"),
    )

    visit_id: Mapped[int] = mapped_column(ForeignKey("visits.id"), primary_key=True, autoincrement=False)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"))
    seq: Mapped[int]
    fee_fen: Mapped[int]
    charged_at: Mapped[datetime]
    waived_at: Mapped[datetime | None]
    waived_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("staff.id"))
    waived_reason: Mapped[str] = mapped_column(Text, server_default=text("''"))


class Offer(Base):
    """A job offered to one engineer, with what it would cost in minutes and who came next."""

    __tablename__ = "offers"
    __table_args__ = (
        one_of("state", OfferState),
        Index("uq_offers_open", "ticket_id", unique=True, postgresql_where=text("state = 'open'")),
        Index("ix_offers_engineer_open", "engineer_id", postgresql_where=text("state = 'open'")),
        Index("ix_offers_ticket_id", "ticket_id"),
    )

    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"))
    engineer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("engineers.id"))
    state: Mapped[str] = mapped_column(Text)
    cost_minutes: Mapped[float | None]
    reasons: Mapped[list[str]] = mapped_column(JSONB)
    runners_up: Mapped[list[dict[str, Any]]]
    suggested: Mapped[Range[datetime] | None] = mapped_column(TSTZRANGE)
    decline_reason: Mapped[str | None] = mapped_column(Text)
    offered_by: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]

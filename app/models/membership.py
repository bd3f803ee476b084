"""Points of customers as a ledger, and the rules by which they are earned (ADR 48)."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.membership.rules import Reason
from app.models.base import Base, one_of

_FIRST = "reverses_id IS NULL"


class MembershipRules(Base):
    """Published at once and never changed."""

    __tablename__ = "membership_rules"

    version: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    document: Mapped[dict[str, Any]]
    published_by: Mapped[str] = mapped_column(Text)
    published_at: Mapped[datetime]


class MemberPoints(Base):
    """One change; rows are added, never changed (a trigger sees to it). There is one row for each cause."""

    __tablename__ = "member_points"
    __table_args__ = (
        one_of("reason", Reason),
        CheckConstraint(
            "CASE reason WHEN 'confirmed' THEN ticket_id IS NOT NULL AND seq IS NOT NULL AND asset_id IS NULL"
            " WHEN 'rated' THEN ticket_id IS NOT NULL AND seq IS NULL AND asset_id IS NULL"
            " WHEN 'appliance' THEN ticket_id IS NULL AND seq IS NULL AND asset_id IS NOT NULL"
            " ELSE ticket_id IS NULL AND seq IS NULL AND asset_id IS NULL AND change <> 0 END",
            name="cause",
        ),
        CheckConstraint("(reason = 'correction') = (made_by IS NOT NULL)", name="made_by"),
        CheckConstraint(
            "(rules_version IS NOT NULL) = (reason <> 'correction' AND reverses_id IS NULL)",
            name="rules_version",
        ),
        Index(
            "uq_member_points_confirmed",
            "ticket_id",
            "seq",
            unique=True,
            postgresql_where=text(f"reason = 'confirmed' AND {_FIRST}"),
        ),
        Index(
            "uq_member_points_rated",
            "ticket_id",
            unique=True,
            postgresql_where=text(f"reason = 'rated' AND {_FIRST}"),
        ),
        Index(
            "uq_member_points_appliance",
            "asset_id",
            unique=True,
            postgresql_where=text(f"reason = 'appliance' AND {_FIRST}"),
        ),
        # What was taken back cannot be taken back again.
        Index(
            "uq_member_points_reverses_id",
            "reverses_id",
            unique=True,
            postgresql_where=text("reverses_id IS NOT NULL"),
        ),
        Index("ix_member_points_customer_id", "customer_id", "at", "id"),
        Index("ix_member_points_ticket_id", "ticket_id", postgresql_where=text("ticket_id IS NOT NULL")),
        Index("ix_member_points_asset_id", "asset_id", postgresql_where=text("asset_id IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    customer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("customers.id"))
    change: Mapped[int]
    reason: Mapped[str] = mapped_column(Text)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"))
    # Of the event by which the customer confirmed; a job that is done over is confirmed again.
    seq: Mapped[int | None]
    asset_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("assets.id"))
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("member_points.id"))
    rules_version: Mapped[int | None] = mapped_column(ForeignKey("membership_rules.version"))
    # Why somebody corrected it; the customer reads it.
    note: Mapped[str] = mapped_column(Text, server_default=text("''"))
    made_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime]
    # Since when it counts: what takes a row back counts and lapses with that row.
    earned_at: Mapped[datetime]

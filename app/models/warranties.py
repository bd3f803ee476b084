"""What is covered, for how long and by which policy; and the clocks of 三包."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.warranty.cover import Kind, Source
from app.domain.warranty.legal import Right
from app.models.base import Base, one_of

OF_PURCHASE = "source IN ('proof', 'claimed', 'manufacture')"


class WarrantyPolicy(Base):
    """Written once: what was promised stays as it was promised (a trigger refuses changes)."""

    __tablename__ = "warranty_policies"

    version: Mapped[str] = mapped_column(Text, primary_key=True)
    valid_from: Mapped[date] = mapped_column(unique=True)
    document: Mapped[dict[str, Any]]
    published_by: Mapped[str] = mapped_column(Text)
    published_at: Mapped[datetime]


class WarrantyPeriod(Base):
    """One period of one thing; ``ends_on`` is its last day, NULL for a lifetime.

    What a purchase began is computed anew when more is known of the purchase; what work began never changes.
    """

    __tablename__ = "warranties"
    __table_args__ = (
        one_of("kind", Kind),
        one_of("source", Source),
        CheckConstraint("ends_on >= begins_on", name="forward"),
        CheckConstraint(f"({OF_PURCHASE}) = (ticket_id IS NULL)", name="origin"),
        CheckConstraint("asset_id IS NOT NULL OR ticket_id IS NOT NULL", name="subject"),
        CheckConstraint("(kind = 'repair') = (source = 'repaired')", name="repair"),
        Index(
            "uq_warranties_purchase",
            "asset_id",
            "kind",
            "component",
            unique=True,
            postgresql_where=text("ticket_id IS NULL"),
        ),
        Index("ix_warranties_asset_id", "asset_id"),
        Index("ix_warranties_ticket_id", "ticket_id", postgresql_where=text("ticket_id IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    asset_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("assets.id"))
    kind: Mapped[str] = mapped_column(Text)
    component: Mapped[str] = mapped_column(Text)
    fault: Mapped[str] = mapped_column(Text, server_default=text("''"))
    begins_on: Mapped[date]
    ends_on: Mapped[date | None]
    policy_version: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"))
    created_at: Mapped[datetime]


class LegalWatch(Base):
    """When somebody has to look again at how far the clocks of 三包 have come for a ticket."""

    __tablename__ = "legal_watches"
    __table_args__ = (Index("ix_legal_watches_next_at", "next_at"),)

    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), primary_key=True)
    next_at: Mapped[datetime]


class LegalWarning(Base):
    """A level that a clock has passed, told once; at 100 the customer has the right."""

    __tablename__ = "legal_warnings"
    __table_args__ = (one_of("kind", Right), CheckConstraint("percent IN (50, 80, 100)", name="percent"))

    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(Text, primary_key=True)
    percent: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]

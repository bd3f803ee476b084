"""What is promised at each level, when service points are open, and what was told about a ticket's deadlines."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.service_levels.policy import Metric
from app.models.base import Base, one_of


class ServicePolicy(Base):
    """Written once (a trigger refuses changes): tickets keep the version that was in force when they came."""

    __tablename__ = "service_policies"

    version: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    document: Mapped[dict[str, Any]]
    published_by: Mapped[str] = mapped_column(Text)
    published_at: Mapped[datetime]


class ServiceCalendar(Base):
    """When a service point is open; without one, the whole house. Written once, as policies are.

    ``document`` is what somebody entered, ``special`` the days unlike their weekday that followed from it and from
    the public holidays of then.
    """

    __tablename__ = "service_calendars"
    __table_args__ = (
        UniqueConstraint("service_point_id", "version", postgresql_nulls_not_distinct=True),
        CheckConstraint("version >= 1", name="version"),
    )

    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    service_point_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("service_points.id"))
    version: Mapped[int]
    document: Mapped[dict[str, Any]]
    special: Mapped[dict[str, Any]]
    published_by: Mapped[str] = mapped_column(Text)
    published_at: Mapped[datetime]


class ServiceLevel(Base):
    """By which policy and calendar a ticket counts (NULL: the standing ones), and when somebody looks at it next."""

    __tablename__ = "service_levels"
    __table_args__ = (
        Index("ix_service_levels_next_at", "next_at", postgresql_where=text("next_at IS NOT NULL")),
        CheckConstraint(
            "attached_at IS NOT NULL OR (policy_version IS NULL AND calendar_id IS NULL)", name="attached"
        ),
    )

    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), primary_key=True)
    policy_version: Mapped[int | None] = mapped_column(ForeignKey("service_policies.version"))
    calendar_id: Mapped[int | None] = mapped_column(ForeignKey("service_calendars.id"))
    # By the first look; until then it is what was in force when the ticket came.
    attached_at: Mapped[datetime | None]
    next_at: Mapped[datetime | None]


class ServiceLevelEvent(Base):
    """A warning or a step that is behind us: told, or not (``told``) because its conditions did not hold.

    ``from_seq`` is the event that began the clock; the key is why nothing is told twice.
    """

    __tablename__ = "service_level_events"
    __table_args__ = (
        one_of("metric", Metric),
        CheckConstraint("fired_at >= due_at", name="not_early"),
    )

    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), primary_key=True)
    metric: Mapped[str] = mapped_column(Text, primary_key=True)
    from_seq: Mapped[int] = mapped_column(primary_key=True)
    mark: Mapped[str] = mapped_column(Text, primary_key=True)
    due_at: Mapped[datetime]
    fired_at: Mapped[datetime]
    told: Mapped[bool]

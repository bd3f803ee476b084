"""When a territory's day is planned anew, and what came of it."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Identity, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class PlanRequest(Base):
    """A territory's day is to be planned anew; the planner takes the rows away when it has done so.

    A row for each who asks: were there one for all, they would wait for each other until each has committed, and those
    who want the same engineer's day would wait for them.
    """

    __tablename__ = "plan_requests"

    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    service_point_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("service_points.id"))
    day: Mapped[date]
    cause: Mapped[str] = mapped_column(Text)
    wanted_at: Mapped[datetime]
    # A planner is at it since then; one that has died is forgotten after a while.
    taken_at: Mapped[datetime | None]


class PlanReport(Base):
    """What a plan changed, in minutes and visit by visit; a dry run's is what it would change."""

    __tablename__ = "plan_reports"
    __table_args__ = (Index("ix_plan_reports_service_point_id", "service_point_id", "day", "planned_at"),)

    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    service_point_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("service_points.id"))
    day: Mapped[date]
    cause: Mapped[str] = mapped_column(Text)
    planned_at: Mapped[datetime]
    engineers: Mapped[int]
    visits: Mapped[int]
    minutes_before: Mapped[float]
    minutes_won: Mapped[float]
    changes: Mapped[list[dict[str, Any]]]
    # Numbers of tickets whose visit nobody can keep.
    stranded: Mapped[list[dict[str, Any]]]

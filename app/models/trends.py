"""The days behind the lines of the trends: what was counted of each, and when."""

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, Double, ForeignKey, Identity, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class TrendDay(Base):
    """A day on the calendar of China, and as of when its figures are."""

    __tablename__ = "trend_days"

    day: Mapped[date] = mapped_column(primary_key=True)
    counted_at: Mapped[datetime]


class TrendFigure(Base):
    """A figure of one day and one branch: ``total`` of so many ``cases``; days and branches add up.

    ``credited`` says whose branch it is: the customer's (service-points) or the engineer's (teams). Without a service
    point it is of the house alone. ``first_responses`` are the minutes until somebody of ours answered, ascending, of
    the tickets that came on the day.
    """

    __tablename__ = "trend_figures"
    __table_args__ = (
        CheckConstraint("credited IN ('service-points', 'teams')", name="credited"),
        CheckConstraint("cases >= 1 AND total >= 0", name="counted"),
        UniqueConstraint("credited", "day", "service_point_id", "figure", postgresql_nulls_not_distinct=True),
    )

    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    day: Mapped[date] = mapped_column(ForeignKey("trend_days.day", ondelete="CASCADE"))
    credited: Mapped[str] = mapped_column(Text)
    service_point_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("service_points.id"))
    figure: Mapped[str] = mapped_column(Text)
    cases: Mapped[int]
    total: Mapped[int]
    first_responses: Mapped[list[float] | None] = mapped_column(ARRAY(Double))

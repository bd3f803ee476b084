"""What customers were promised, and how long the steps of a job usually take."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.promise.steps import Step
from app.models.base import Base, one_of


class Promised(Base):
    """A time that a customer was told, by the event ``seq``, which says why. Never changed but for ``look_at``.

    ``first_seq`` is the first promise of the same step, so that those that were moved stay together.
    """

    __tablename__ = "promises"
    __table_args__ = (
        one_of("step", Step),
        CheckConstraint("first_seq BETWEEN 1 AND seq", name="first"),
        CheckConstraint("promised_at >= at", name="ahead"),
        Index("ix_promises_look_at", "look_at", postgresql_where=text("look_at IS NOT NULL")),
        Index("ix_promises_promised_at", "promised_at", postgresql_where=text("step <> 'customer'")),
    )

    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    first_seq: Mapped[int]
    step: Mapped[str] = mapped_column(Text)
    promised_at: Mapped[datetime]
    text: Mapped[str] = mapped_column(Text)
    # By which rule it was made, and from what it was reckoned.
    basis: Mapped[str] = mapped_column(Text)
    inputs: Mapped[dict[str, Any]]
    at: Mapped[datetime]
    # When somebody has to see whether it can be kept.
    look_at: Mapped[datetime | None]


class UsualTime(Base):
    """How long a step takes in a circle of jobs, in seconds, counted anew every hour from what happened.

    Without a service point it is the whole house's, with an empty category that of all that it does.
    """

    __tablename__ = "usual_times"
    __table_args__ = (
        one_of("step", Step),
        UniqueConstraint(
            "service_point_id", "category", "pressing", "step", postgresql_nulls_not_distinct=True
        ),
        CheckConstraint("n >= 1 AND usual BETWEEN 0 AND longest", name="counted"),
    )

    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    service_point_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("service_points.id"))
    category: Mapped[str] = mapped_column(Text)
    pressing: Mapped[bool]
    step: Mapped[str] = mapped_column(Text)
    usual: Mapped[int]
    longest: Mapped[int]
    n: Mapped[int]
    counted_at: Mapped[datetime]

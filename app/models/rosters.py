"""Who works when: patterns of the week, the days that are unlike it, absences, and the days that follow from them."""

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, Text, text
from sqlalchemy.dialects.postgresql import INT4MULTIRANGE, TSTZMULTIRANGE, TSTZRANGE, ExcludeConstraint, Range
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.rosters import MAX_VISITS, AbsenceKind
from app.models.base import Base, one_of


class Roster(Base):
    """One working day of one engineer. Whoever plans or books on it locks this row first.

    A span that runs past midnight belongs to the day on which it begins; a day off has none.
    """

    __tablename__ = "rosters"
    __table_args__ = (
        # A moment belongs to one day only, so that one lock is enough for it.
        ExcludeConstraint(
            ("engineer_id", "="),
            ("spans", "&&"),
            using="gist",
            name="ex_rosters_engineer_spans",
            deferrable=True,
            initially="IMMEDIATE",
        ),
        CheckConstraint("max_visits > 0", name="max_visits"),
    )

    engineer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("engineers.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    spans: Mapped[list[Range[datetime]]] = mapped_column(TSTZMULTIRANGE)
    # What somebody has entered for this day by hand; the spans are it, less absences.
    edited: Mapped[list[Range[datetime]] | None] = mapped_column(TSTZMULTIRANGE)
    # Of all its spans together, those that are over included.
    max_visits: Mapped[int] = mapped_column(SmallInteger, server_default=text(str(MAX_VISITS)))
    version: Mapped[int] = mapped_column(default=0)


class ShiftPattern(Base):
    """What an engineer works on a weekday (0 is Monday) or on a public holiday (7); without a row he is off."""

    __tablename__ = "shift_patterns"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 7", name="weekday"),
        CheckConstraint("max_visits > 0", name="max_visits"),
    )

    engineer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("engineers.id"), primary_key=True)
    weekday: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    # Minutes after the midnight on which a span begins; one that ends after 1440 runs into the next day.
    spans: Mapped[list[Range[int]]] = mapped_column(INT4MULTIRANGE)
    max_visits: Mapped[int] = mapped_column(SmallInteger, server_default=text(str(MAX_VISITS)))


class Holiday(Base):
    """A day unlike its weekday: a public holiday, or a make-up working day (调休) that is worked as another weekday."""

    __tablename__ = "holidays"
    __table_args__ = (CheckConstraint("works_as IS NULL OR works_as BETWEEN 0 AND 6", name="works_as"),)

    day: Mapped[date] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    # NULL on a day off.
    works_as: Mapped[int | None] = mapped_column(SmallInteger)


class Absence(Base):
    """Time in which an engineer does not work although his roster says so."""

    __tablename__ = "absences"
    __table_args__ = (
        one_of("kind", AbsenceKind),
        CheckConstraint("NOT isempty(during)", name="during"),
        Index(
            "ix_absences_engineer_id",
            "engineer_id",
            "during",
            postgresql_using="gist",
            postgresql_where=text("cancelled_at IS NULL"),
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    engineer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("engineers.id"))
    kind: Mapped[str] = mapped_column(Text)
    during: Mapped[Range[datetime]] = mapped_column(TSTZRANGE)
    reason: Mapped[str] = mapped_column(Text, default="")
    created_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[datetime]
    cancelled_at: Mapped[datetime | None]
    cancelled_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("staff.id"))

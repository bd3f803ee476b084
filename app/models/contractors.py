"""Contractors (外包服务商): others whose engineers work in our name, and what may go to them."""

import uuid
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.situation import ServiceType, Warranty
from app.models.base import Base, Created


def _some_of(column: str, words: type[StrEnum]) -> CheckConstraint:
    known = ", ".join(f"'{word.value}'" for word in words)
    return CheckConstraint(f"{column} <@ ARRAY[{known}]", name=column)


class Contractor(Base, Created):
    """One that is not active gets no new work; what it has, it finishes."""

    __tablename__ = "contractors"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    name: Mapped[str] = mapped_column(Text, unique=True)
    contact_name: Mapped[str] = mapped_column(Text, default="")
    phone: Mapped[str] = mapped_column(Text, default="")
    active: Mapped[bool] = mapped_column(default=True)


class ContractorTerms(Base):
    """What may go to a contractor: of the versions that have begun, the one that began last. Written once."""

    __tablename__ = "contractor_terms"
    __table_args__ = (_some_of("service_types", ServiceType), _some_of("warranties", Warranty))

    contractor_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("contractors.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    valid_from: Mapped[date]
    service_types: Mapped[list[str]] = mapped_column(ARRAY(Text))
    # By what was decided about the warranty of the job.
    warranties: Mapped[list[str]] = mapped_column(ARRAY(Text))
    # NULL: wherever its engineers work.
    districts: Mapped[list[str] | None] = mapped_column(ARRAY(Text))
    published_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("staff.id"))
    published_at: Mapped[datetime]

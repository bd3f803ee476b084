"""Tokens with which other systems call us, and by which of their numbers they know our tickets."""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Created


class Scope(StrEnum):
    CREATE = "tickets:create"
    READ = "tickets:read"


_KNOWN = ", ".join(f"'{scope}'" for scope in Scope)


class ApiToken(Base, Created):
    """Only a digest is kept; ``prefix`` is how people tell one from another."""

    __tablename__ = "api_tokens"
    __table_args__ = (
        CheckConstraint(f"cardinality(scopes) > 0 AND scopes <@ ARRAY[{_KNOWN}]", name="scopes"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    name: Mapped[str] = mapped_column(Text)
    prefix: Mapped[str] = mapped_column(Text)
    digest: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    # NULL: the whole house. Otherwise it sees and makes tickets of this service point alone.
    service_point_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("service_points.id"))
    expires_at: Mapped[datetime]
    # To the minute.
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    created_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("staff.id"))


class ExternalReference(Base):
    """The number under which a system knows the ticket that it made: one ticket for each, however often it asks."""

    __tablename__ = "external_references"
    __table_args__ = (Index("uq_external_references_ticket_id", "ticket_id", unique=True),)

    token_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("api_tokens.id"), primary_key=True)
    reference: Mapped[str] = mapped_column(Text, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"))
    # Of what was asked for, so that another report under the same number is noticed.
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary)

"""What others may see is looked at first: one row for each text or picture that somebody published."""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.content import CheckState, ContentKind, SubjectKind
from app.models.base import Base, one_of


class DecidedBy(StrEnum):
    SIEVE = "sieve"
    WECHAT = "wechat"
    STAFF = "staff"


class ContentCheck(Base):
    """The order to look at something, and what came of it. Whatever is not ``passed`` stays hidden."""

    __tablename__ = "content_checks"
    __table_args__ = (
        one_of("subject_kind", SubjectKind),
        one_of("kind", ContentKind),
        one_of("state", CheckState),
        CheckConstraint(
            f"decided_by IS NULL OR decided_by IN ({', '.join(repr(d.value) for d in DecidedBy)})",
            name="decided_by",
        ),
        UniqueConstraint("subject_kind", "subject_id"),
        Index("ix_content_checks_due", "available_at", "id", postgresql_where=text("state = 'pending'")),
        Index("ix_content_checks_state", "state", "id", postgresql_where=text("state <> 'passed'")),
        Index("ix_content_checks_trace_id", "trace_id", postgresql_where=text("trace_id IS NOT NULL")),
        Index("ix_content_checks_customer_id", "customer_id"),
    )

    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    subject_kind: Mapped[str] = mapped_column(Text)
    # A customer's id, a ticket's number key, an attachment's id: what the kind says.
    subject_id: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    customer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("customers.id"))
    state: Mapped[str] = mapped_column(Text)
    # Counts the contents and the people who decided: a verdict on an earlier one says nothing about this one.
    fence: Mapped[int] = mapped_column(server_default=text("0"))
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    available_at: Mapped[datetime]
    asked_at: Mapped[datetime | None]
    appid: Mapped[str | None] = mapped_column(Text)
    trace_id: Mapped[str | None] = mapped_column(Text)
    label: Mapped[int | None]
    reason: Mapped[str | None] = mapped_column(Text)
    decided_by: Mapped[str | None] = mapped_column(Text)
    checked_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

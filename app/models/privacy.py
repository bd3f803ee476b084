"""What people allow, accounts that are given up, and the files that go with them."""

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    LargeBinary,
    Text,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.privacy.purposes import Purpose, Source
from app.models.base import Base, one_of


class DeletionState(StrEnum):
    # Until ``due_at`` its owner may think again.
    REQUESTED = "requested"
    CANCELLED = "cancelled"
    # The person is gone; what he left on his tickets goes batch by batch.
    ERASING = "erasing"
    DONE = "done"


class AccountDeletion(Base):
    """A customer gives up his account: asked for, then carried out, with counts of what went and never a word of it."""

    __tablename__ = "account_deletions"
    __table_args__ = (
        one_of("state", DeletionState),
        CheckConstraint("due_at > requested_at", name="forward"),
        CheckConstraint("(state = 'cancelled') = (cancelled_at IS NOT NULL)", name="cancelled"),
        CheckConstraint("(state IN ('erasing', 'done')) = (started_at IS NOT NULL)", name="started"),
        CheckConstraint("(state = 'done') = (finished_at IS NOT NULL)", name="finished"),
        Index(
            "uq_account_deletions_open",
            "customer_id",
            unique=True,
            postgresql_where=text("state IN ('requested', 'erasing')"),
        ),
        Index("ix_account_deletions_customer_id", "customer_id"),
        Index(
            "ix_account_deletions_due_at",
            "due_at",
            postgresql_where=text("state IN ('requested', 'erasing')"),
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    customer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("customers.id"))
    state: Mapped[str] = mapped_column(Text)
    # Of the code with which its owner reads what became of it, when there is no account any more.
    code_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    requested_at: Mapped[datetime]
    # When the worker looks at it next; later than asked where something stood in its way.
    due_at: Mapped[datetime]
    cancelled_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    # Up to which ticket it has come.
    ticket_cursor: Mapped[int] = mapped_column(server_default=text("0"))
    counts: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    finished_at: Mapped[datetime | None]


class FileRemoval(Base):
    """The files of a photo or video are to go; written in the transaction that forgets them, done after it."""

    __tablename__ = "file_removals"
    __table_args__ = (Index("ix_file_removals_asked_at", "asked_at"),)

    attachment_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    asked_at: Mapped[datetime]


class ConsentText(Base):
    """What people are asked to agree to, in versions: written once (a trigger refuses changes), readable for ever."""

    __tablename__ = "consent_texts"
    __table_args__ = (
        one_of("purpose", Purpose),
        CheckConstraint("version >= 1 AND text <> ''", name="sane"),
        CheckConstraint("sha256 = encode(sha256(convert_to(text, 'UTF8')), 'hex')", name="sha256"),
    )

    purpose: Mapped[str] = mapped_column(Text, primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    text: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(Text)
    published_by: Mapped[str] = mapped_column(Text)
    published_at: Mapped[datetime]


class PrivacyConsent(Base):
    """A customer's yes or no to one text; the newest of a purpose counts, and none is ever changed."""

    __tablename__ = "privacy_consents"
    __table_args__ = (
        one_of("source", Source),
        ForeignKeyConstraint(["purpose", "version"], ["consent_texts.purpose", "consent_texts.version"]),
        CheckConstraint("given OR purpose <> 'service'", name="needed"),
        Index("ix_privacy_consents_customer_id", "customer_id", "purpose", "id"),
    )

    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    customer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("customers.id"))
    purpose: Mapped[str] = mapped_column(Text)
    version: Mapped[int]
    given: Mapped[bool]
    source: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, one_of


class TrialState(StrEnum):
    QUEUED = "queued"
    LEASED = "leased"
    # Taken by WeChat; whether it was shown is reported later.
    ACCEPTED = "accepted"
    DELIVERED = "delivered"
    REFUSED = "refused"


class TemplateTrial(Base):
    """A template that is sent to one follower to see it. The outbox is of tickets, their order and their people; this
    is of none, so it has a lane of its own, which holds nobody up."""

    __tablename__ = "template_trials"
    __table_args__ = (
        one_of("state", TrialState),
        CheckConstraint("(lease_until IS NOT NULL) = (state = 'leased')", name="lease"),
        Index(
            "ix_template_trials_due", "available_at", postgresql_where=text("state IN ('queued', 'leased')")
        ),
        Index("ix_template_trials_msgid", "msgid", postgresql_where=text("msgid IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    appid: Mapped[str] = mapped_column(Text)
    openid: Mapped[str] = mapped_column(Text)
    asked_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("staff.id"))
    asked_at: Mapped[datetime]
    client_msg_id: Mapped[uuid.UUID]
    state: Mapped[str] = mapped_column(Text, server_default=TrialState.QUEUED.value)
    available_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    msgid: Mapped[str | None] = mapped_column(Text)
    # Why it was refused, or not shown.
    reason: Mapped[str | None] = mapped_column(Text)
    settled_at: Mapped[datetime | None]

"""What is said on a ticket, and how each conversation stands."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, Text, Uuid
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.conversation.words import Author, MessageKind, Satisfaction
from app.models.base import Base, one_of


class TicketMessage(Base):
    """One message. A customer's is of the ticket's owner; what came through WeChat names where from."""

    __tablename__ = "ticket_messages"
    __table_args__ = (
        one_of("author", Author),
        one_of("kind", MessageKind),
        CheckConstraint("(author = 'staff') = (staff_id IS NOT NULL)", name="staff"),
        CheckConstraint("(appid IS NULL) = (openid IS NULL)", name="origin"),
        Index("ix_ticket_messages_ticket_id_id", "ticket_id", "id"),
        Index("ix_ticket_messages_created_at", "created_at"),
    )

    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"))
    author: Mapped[str] = mapped_column(Text)
    staff_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("staff.id"))
    kind: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    attachment_ids: Mapped[list[uuid.UUID]] = mapped_column(ARRAY(Uuid()), server_default=sql("'{}'"))
    appid: Mapped[str | None] = mapped_column(Text)
    openid: Mapped[str | None] = mapped_column(Text)
    # The callback that brought it. No foreign key: callbacks are forgotten long before conversations.
    inbound_id: Mapped[int | None] = mapped_column(unique=True)
    # When it was said; callbacks come late and out of order.
    sent_at: Mapped[datetime]
    created_at: Mapped[datetime]


class Conversation(Base):
    """How the conversation on a ticket stands: one row for each ticket on which something was said."""

    __tablename__ = "conversations"
    __table_args__ = (
        one_of("satisfaction", Satisfaction),
        CheckConstraint("(satisfaction IS NULL) = (satisfied_at IS NULL)", name="satisfied"),
        CheckConstraint("(appid IS NULL) = (openid IS NULL)", name="origin"),
        Index(
            "ix_conversations_waiting_since",
            "waiting_since",
            "ticket_id",
            postgresql_where=sql("waiting_since IS NOT NULL"),
        ),
        Index("ix_conversations_last_at", "last_at", "ticket_id"),
        Index(
            "ix_conversations_satisfied_at", "satisfied_at", postgresql_where=sql("satisfied_at IS NOT NULL")
        ),
    )

    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), primary_key=True)
    last_message_id: Mapped[int]
    last_at: Mapped[datetime]
    # The first word of the customer that nobody has answered.
    waiting_since: Mapped[datetime | None]
    answered_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("staff.id"))
    answered_at: Mapped[datetime | None]
    # Where the customer wrote last; empty when he has only used our own pages.
    appid: Mapped[str | None] = mapped_column(Text)
    openid: Mapped[str | None] = mapped_column(Text)
    surveyed_at: Mapped[datetime | None]
    satisfaction: Mapped[str | None] = mapped_column(Text)
    satisfied_at: Mapped[datetime | None]

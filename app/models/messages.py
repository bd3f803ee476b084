"""What goes out to WeChat and what comes in from it, and what makes a repeated request harmless."""

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, LargeBinary, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Created, one_of


class PushState(StrEnum):
    QUEUED = "queued"
    LEASED = "leased"
    ACCEPTED = "accepted"
    DELIVERED = "delivered"
    IN_REVIEW = "in_review"
    # It waits for a better hour outside its ticket's lane.
    DEFERRED = "deferred"
    # No channel outside the app was open; the person finds it there.
    INBOX = "inbox"
    # WeChat said something that nobody has met: it is in the inbox, and an alarm is open.
    PARKED = "parked"
    DEAD = "dead"
    SUPERSEDED = "superseded"


# A push in one of these states holds back the later ones of its ticket.
UNSETTLED = "state IN ('queued', 'leased')"


class Push(Base):
    """The outbox: one message to one person about one event, written in the transaction of that event."""

    __tablename__ = "outbox"
    __table_args__ = (
        one_of("state", PushState),
        UniqueConstraint("ticket_id", "seq", "recipient_id", "kind"),
        CheckConstraint("(lease_until IS NOT NULL) = (state = 'leased')", name="lease"),
        Index("ix_outbox_due", "available_at", "id", postgresql_where=text(UNSETTLED)),
        Index("ix_outbox_lane", "ticket_id", "id", postgresql_where=text(UNSETTLED)),
        Index("ix_outbox_in_hand", "recipient_id", postgresql_where=text("state = 'leased'")),
        Index("ix_outbox_dead", "id", postgresql_where=text("state = 'dead'")),
        Index("ix_outbox_parked", "id", postgresql_where=text("state = 'parked'")),
        Index("ix_outbox_deferred", "available_at", postgresql_where=text("state = 'deferred'")),
        # What a person was told, newest first: the inbox, and how often somebody was disturbed lately.
        Index("ix_outbox_recipient", "recipient_id", "id"),
        Index("ix_outbox_msgid", "msgid", postgresql_where=text("msgid IS NOT NULL")),
        # A backlog comes suddenly; the planner should hear of it within a minute.
        {
            "postgresql_with": {
                "fillfactor": 80,
                "autovacuum_analyze_scale_factor": 0,
                "autovacuum_analyze_threshold": 500,
                "autovacuum_vacuum_scale_factor": 0.02,
            }
        },
    )

    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"))
    seq: Mapped[int]
    kind: Mapped[str] = mapped_column(Text)
    recipient: Mapped[str] = mapped_column(Text)
    recipient_id: Mapped[uuid.UUID]
    slots: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(Text, server_default=PushState.QUEUED.value)
    available_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    # Counts the leases; a worker whose lease passed to another can no longer write the outcome.
    fence: Mapped[int] = mapped_column(server_default=text("0"))
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    client_msg_id: Mapped[uuid.UUID]
    # The first attempt whose outcome nobody knows; WeChat keeps client_msg_id apart for ten minutes from it.
    uncertain_since: Mapped[datetime | None]
    # The rung of the ladder that is tried next, was tried last, or carried it; none before the first try.
    channel: Mapped[str | None] = mapped_column(Text)
    appid: Mapped[str | None] = mapped_column(Text)
    # How many messages the card stands for, those included that it took along.
    bundle: Mapped[int] = mapped_column(server_default=text("1"))
    msgid: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    trace_id: Mapped[str] = mapped_column(Text, server_default="")
    created_at: Mapped[datetime]
    deferred_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    # By its person, in the inbox of the app.
    read_at: Mapped[datetime | None]


class PushAttempt(Base):
    """One try on one rung, written before the call and completed after it."""

    __tablename__ = "push_attempts"
    __table_args__ = ({"postgresql_with": {"fillfactor": 80}},)

    push_id: Mapped[int] = mapped_column(ForeignKey("outbox.id"), primary_key=True)
    fence: Mapped[int] = mapped_column(primary_key=True)
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    channel: Mapped[str | None] = mapped_column(Text)
    appid: Mapped[str | None] = mapped_column(Text)
    outcome: Mapped[str | None] = mapped_column(Text)
    errcode: Mapped[int | None]
    errmsg: Mapped[str | None] = mapped_column(Text)
    rid: Mapped[str | None] = mapped_column(Text)


class InboundMessage(Base):
    """A callback of WeChat, stored before it is answered; its effect runs from this row."""

    __tablename__ = "wechat_inbound"
    __table_args__ = (
        Index("ix_wechat_inbound_unhandled", "id", postgresql_where=text("handled_at IS NULL")),
        Index("ix_wechat_inbound_received_at", "received_at"),
        # Effects are given in the order of arrival; ids follow the batches in which the rows were written.
        Index("ix_wechat_inbound_due", "received_at", "id", postgresql_where=text("handled_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    dedup_key: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    appid: Mapped[str] = mapped_column(Text)
    openid: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    raw: Mapped[str] = mapped_column(Text)
    received_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    retry_at: Mapped[datetime | None]
    handled_at: Mapped[datetime | None]
    result: Mapped[str | None] = mapped_column(Text)


class WeChatToken(Base):
    """The credential of one account, shared by all processes; ``refreshing_until`` is the single flight."""

    __tablename__ = "wechat_tokens"

    appid: Mapped[str] = mapped_column(Text, primary_key=True)
    token: Mapped[bytes | None] = mapped_column(LargeBinary)
    expires_at: Mapped[datetime | None]
    refreshing_until: Mapped[datetime | None]


class IdempotencyKey(Base, Created):
    """The answer to a request that must have one effect, kept in the transaction of that effect."""

    __tablename__ = "idempotency_keys"
    __table_args__ = (Index("ix_idempotency_keys_created_at", "created_at"),)

    scope: Mapped[str] = mapped_column(Text, primary_key=True)
    key: Mapped[str] = mapped_column(Text, primary_key=True)
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary)
    response: Mapped[dict[str, Any]]


class AuditEntry(Base):
    """Who did what to what: looks at what is masked, sign-ins, exports, and what was done at the desk."""

    __tablename__ = "audit_log"
    __table_args__ = (
        Index("ix_audit_log_at", "at"),
        # Who looked at a customer's number, for the customer.
        Index("ix_audit_log_reveals", "subject", postgresql_where=text("action = 'reveal_contact'")),
    )

    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    at: Mapped[datetime]
    actor_role: Mapped[str] = mapped_column(Text)
    actor_id: Mapped[str] = mapped_column(Text)
    action: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    # The /24 (or /64) that it came from, where that is known.
    network: Mapped[str] = mapped_column(Text, server_default=text("''"))


class Alarm(Base):
    """Something that people have to mend: one open row for each kind and subject, however often it is met."""

    __tablename__ = "alarms"
    __table_args__ = (
        Index("uq_alarms_open", "kind", "subject", unique=True, postgresql_where=text("closed_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)
    # In plain Chinese: what happened and what to do.
    detail: Mapped[str] = mapped_column(Text)
    # WeChat's name of the request, by which its log can be asked for seven days.
    rid: Mapped[str | None] = mapped_column(Text)
    times: Mapped[int] = mapped_column(server_default=text("1"))
    opened_at: Mapped[datetime]
    last_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[str | None] = mapped_column(Text)


class ConsentKind(StrEnum):
    """Why the number of messages that a person allows has changed, or stayed."""

    ACCEPTED = "accepted"
    # Accepted, and the person wants not to be asked again.
    ALWAYS = "always"
    REJECTED = "rejected"
    SPENT = "spent"
    # WeChat knew of none left (43101), whatever we had counted.
    REFUSED = "refused"
    SETTINGS_REJECTED = "settings_rejected"


class ConsentSource(StrEnum):
    CLIENT = "client"
    EVENT = "event"
    SENDING = "sending"


class ConsentEntry(Base):
    """One line of the ledger of consents; lines are added and never changed, but for the mark of their twin."""

    __tablename__ = "consent_entries"
    __table_args__ = (
        one_of("kind", ConsentKind),
        one_of("source", ConsentSource),
        Index("ix_consent_entries_whose", "appid", "openid", "template_id", "id"),
    )

    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    appid: Mapped[str] = mapped_column(Text)
    openid: Mapped[str] = mapped_column(Text)
    template_id: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text)
    delta: Mapped[int]
    at: Mapped[datetime]
    # The report of the same tap by the other side, which counted nothing.
    twin_at: Mapped[datetime | None]
    push_id: Mapped[int | None]


class ConsentBalance(Base):
    """How many messages of a template a person of a mini-program still allows: the sum of the ledger."""

    __tablename__ = "consent_balances"
    __table_args__ = (CheckConstraint("available >= 0", name="available"),)

    appid: Mapped[str] = mapped_column(Text, primary_key=True)
    openid: Mapped[str] = mapped_column(Text, primary_key=True)
    template_id: Mapped[str] = mapped_column(Text, primary_key=True)
    available: Mapped[int] = mapped_column(server_default=text("0"))
    always: Mapped[bool] = mapped_column(server_default=text("false"))
    blocked: Mapped[bool] = mapped_column(server_default=text("false"))
    updated_at: Mapped[datetime]


class ReplyWindow(Base):
    """How often, and until when, an account may write to somebody after something that he did."""

    __tablename__ = "reply_windows"
    __table_args__ = (CheckConstraint("remaining >= 0", name="remaining"),)

    appid: Mapped[str] = mapped_column(Text, primary_key=True)
    openid: Mapped[str] = mapped_column(Text, primary_key=True)
    kind: Mapped[str] = mapped_column(Text, primary_key=True)
    remaining: Mapped[int]
    opened_at: Mapped[datetime]
    until: Mapped[datetime]

"""A ticket and everything that happens to it."""

import uuid
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    SmallInteger,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.lifecycle import BUSY, Clock, ClockMode, Role, State
from app.domain.parts import OrderState
from app.domain.situation import Channel, Priority, ProofKind, Purpose, QuoteState, ServiceType, Warranty
from app.models.base import Base, Created, one_of

# A quote on which somebody still has to say something; a ticket has one at most.
OPEN_QUOTES = "state IN ('pending', 'in_review', 'returned')"
THIS_TRANSACTION = text("pg_current_xact_id()::text::bigint")


class AssetKind(StrEnum):
    APPLIANCE = "appliance"
    VEHICLE = "vehicle"


class Asset(Base, Created):
    """An appliance or a vehicle of a customer: the thing that the service archive is about."""

    __tablename__ = "assets"
    __table_args__ = (
        one_of("kind", AssetKind),
        Index("ix_assets_customer_id", "customer_id"),
        Index("ix_assets_household_id", "household_id", postgresql_where=text("household_id IS NOT NULL")),
        Index(
            "uq_assets_customer_serial",
            "customer_id",
            "serial_number",
            unique=True,
            postgresql_where=text("serial_number <> ''"),
        ),
        CheckConstraint(
            "(purchase_verified_at IS NULL) = (purchase_verified_by IS NULL)"
            " AND (purchase_verified_at IS NULL OR purchased_on IS NOT NULL)",
            name="verified_purchase",
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    customer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("customers.id"))
    kind: Mapped[str] = mapped_column(Text)
    category: Mapped[str] = mapped_column(Text)
    brand: Mapped[str] = mapped_column(Text, default="")
    model: Mapped[str] = mapped_column(Text, default="")
    serial_number: Mapped[str] = mapped_column(Text, default="")
    plate_number: Mapped[str] = mapped_column(Text, default="")
    # The customer's word until a member of staff has seen the proof.
    purchased_on: Mapped[date | None]
    purchase_verified_at: Mapped[datetime | None]
    purchase_verified_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("staff.id"))
    manufactured_on: Mapped[date | None]
    # Since when it is its owner's, if it came to him from another customer.
    acquired_at: Mapped[datetime | None]
    # Whose members see it and report on it; of them only the owner changes it.
    household_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("households.id", ondelete="SET NULL"))
    # Off its owner's list until he restores it, adds it again, or reports something on it.
    removed_at: Mapped[datetime | None]
    # What its owner calls it, in which room and where it stands; none of it goes along to whoever has it next.
    name: Mapped[str] = mapped_column(Text, server_default=text("''"), default="")
    room: Mapped[str] = mapped_column(Text, server_default=text("''"), default="")
    address: Mapped[dict[str, Any] | None]
    # One more with each change of what is told of it, so that two who change it do not overwrite each other.
    version: Mapped[int] = mapped_column(server_default=text("1"), default=1)
    # When its owner put it on his list himself, for which he gets points (ADR 48); NULL for what came with a report,
    # and for what he took off again.
    registered_at: Mapped[datetime | None]


PRESSING = "array_position(ARRAY['systemic', 'critical', 'urgent', 'normal'], priority)"
BUSY_TICKETS = "state IN ({})".format(", ".join(f"'{state}'" for state in sorted(BUSY)))


class TicketWords(Base):
    """The characters of what people remember of a ticket, and their pairs: by these the desk finds it.

    Beside the ticket, since an index of its own words would make every step of a job dearer. Written a moment later
    (app/services/tickets/words.py), and by a trigger when the words change.
    """

    __tablename__ = "ticket_words"
    __table_args__ = (Index("ix_ticket_words_pairs", "pairs", postgresql_using="gin"),)

    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id", ondelete="CASCADE"), primary_key=True)
    pairs: Mapped[list[str]] = mapped_column(ARRAY(Text(collation="C")))


class Ticket(Base):
    __tablename__ = "tickets"
    __table_args__ = (
        one_of("state", State),
        one_of("service_type", ServiceType),
        one_of("priority", Priority),
        one_of("warranty", Warranty),
        one_of("channel", Channel),
        # Keyset paging of "my tickets", newest first, for each of those who page.
        Index("ix_tickets_customer_id_id", "customer_id", "id"),
        Index("ix_tickets_engineer_id_id", "engineer_id", "id"),
        Index(
            "ix_tickets_pool", "category", "id", postgresql_where=text("state IN ('dispatching', 'offered')")
        ),
        Index("ix_tickets_rework_of", "rework_of", postgresql_where=text("rework_of IS NOT NULL")),
        Index("ix_tickets_asset_id", "asset_id", "id", postgresql_where=text("asset_id IS NOT NULL")),
        Index(
            "ix_tickets_complaints",
            "id",
            postgresql_where=text("service_type = 'complaint' AND state = 'submitted'"),
        ),
        Index("ix_tickets_merged_into", "merged_into", postgresql_where=text("merged_into IS NOT NULL")),
        # What the desk looks at, the most pressing first.
        Index("ix_tickets_desk", text(PRESSING), "promised_at", "id", postgresql_where=text(BUSY_TICKETS)),
        # People remember the end of a number.
        Index("ix_tickets_phone_end", text("reverse(contact_phone)")),
        Index("ix_tickets_wake_at", "wake_at", postgresql_where=text("wake_at IS NOT NULL")),
        # Rows lie in the order of their coming; reading the last hours or days needs no more than this.
        Index("ix_tickets_created_at", "created_at", postgresql_using="brin"),
        CheckConstraint("version >= 1 AND seq >= 1", name="counted"),
        CheckConstraint("call_out_fen >= 0", name="call_out_fen"),
        CheckConstraint("empty_trip_fen >= 0", name="empty_trip_fen"),
        CheckConstraint("crew BETWEEN 1 AND 2", name="crew"),
        # Room in each page lets a change of state stay on it (HOT), which spares the indexes.
        {"postgresql_with": {"fillfactor": 80}},
    )

    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    number: Mapped[str] = mapped_column(Text, unique=True)
    version: Mapped[int] = mapped_column(server_default=text("1"))
    seq: Mapped[int] = mapped_column(server_default=text("1"))
    state: Mapped[str] = mapped_column(Text)
    service_type: Mapped[str] = mapped_column(Text)
    category: Mapped[str] = mapped_column(Text)
    fault: Mapped[str] = mapped_column(Text)
    brand: Mapped[str] = mapped_column(Text, default="")
    model: Mapped[str] = mapped_column(Text, default="")
    serial_number: Mapped[str] = mapped_column(Text, default="")
    occurred_at: Mapped[datetime | None]
    on_site: Mapped[bool]
    priority: Mapped[str] = mapped_column(Text)
    warranty: Mapped[str] = mapped_column(Text, default=Warranty.UNKNOWN.value)
    # Why, and under which policy; NULL until triage.
    warranty_decision: Mapped[dict[str, Any] | None]
    # The ticket whose repair is done over.
    rework_of: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"))
    customer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("customers.id"))
    asset_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("assets.id"))
    service_point_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("service_points.id"))
    created_by: Mapped[str] = mapped_column(Text)
    channel: Mapped[str] = mapped_column(Text, server_default=text("'mini_program'"))
    contact_name: Mapped[str] = mapped_column(Text)
    contact_phone: Mapped[str] = mapped_column(Text)
    address: Mapped[dict[str, Any] | None]
    preferred_windows: Mapped[list[dict[str, Any]]]
    diagnosis: Mapped[dict[str, Any]]
    # What the job demands of an engineer; the work rules of dispatch read these three.
    required_skill: Mapped[str] = mapped_column(Text)
    required_licences: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    standard_minutes: Mapped[int] = mapped_column(server_default=text("60"))
    # How many engineers come.
    crew: Mapped[int] = mapped_column(SmallInteger, server_default=text("1"))
    missing: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    engineer_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("engineers.id"))
    visit_id: Mapped[int | None]
    offer_id: Mapped[int | None]
    quote_id: Mapped[int | None]
    declined_by: Mapped[list[uuid.UUID]] = mapped_column(ARRAY(Uuid()), server_default=text("'{}'"))
    rebooked_by_customer: Mapped[int] = mapped_column(server_default=text("0"))
    reopened: Mapped[int] = mapped_column(server_default=text("0"))
    urged: Mapped[int] = mapped_column(server_default=text("0"))
    parts_due: Mapped[datetime | None]
    resume_at: Mapped[datetime | None]
    merged_into: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"))
    # What coming costs, as it was told before the booking; null: not told, so it costs nothing.
    call_out_fen: Mapped[int | None]
    call_out_waived: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    # As it was told before the booking, whatever the price table says later.
    empty_trip_fen: Mapped[int] = mapped_column(server_default=text("0"))
    promised_at: Mapped[datetime]
    promise: Mapped[str] = mapped_column(Text)
    wake_at: Mapped[datetime | None]
    wake_step: Mapped[int] = mapped_column(server_default=text("0"))
    created_at: Mapped[datetime]
    entered_at: Mapped[datetime]
    completed_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]


class TicketEvent(Base):
    """What happened, in order: ``seq`` counts from 1 without a gap. A fact beside the state keeps the state."""

    __tablename__ = "ticket_events"
    __table_args__ = (
        one_of("actor_role", Role),
        one_of("state", State),
        Index("ix_ticket_events_followed", "xact", "ticket_id", "seq"),
        Index(
            "ix_ticket_events_replanned_from",
            text("(data ->> 'from')"),
            postgresql_where=text("event = 'replanned'"),
        ),
    )

    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    event: Mapped[str] = mapped_column(Text)
    from_state: Mapped[str | None] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    actor_role: Mapped[str] = mapped_column(Text)
    actor_id: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    data: Mapped[dict[str, Any]]
    at: Mapped[datetime]
    # The transaction that wrote it, by which those who follow all events read them in order (ADR 35).
    xact: Mapped[int] = mapped_column(server_default=THIS_TRANSACTION)


class ClockSegment(Base):
    """A stretch of time in which a clock ran or paused. A stopped clock has no open segment."""

    __tablename__ = "clock_segments"
    __table_args__ = (
        one_of("clock", Clock),
        CheckConstraint(f"mode IN ('{ClockMode.RUN}', '{ClockMode.PAUSE}')", name="mode"),
        CheckConstraint("ended_at IS NULL OR ended_at >= started_at", name="forward"),
        Index(
            "uq_clock_segments_open",
            "ticket_id",
            "clock",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), primary_key=True)
    clock: Mapped[str] = mapped_column(Text, primary_key=True)
    from_seq: Mapped[int] = mapped_column(primary_key=True)
    mode: Mapped[str] = mapped_column(Text)
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Quote(Base):
    __tablename__ = "quotes"
    __table_args__ = (
        one_of("state", QuoteState),
        UniqueConstraint("ticket_id", "version"),
        CheckConstraint("total_fen >= 0", name="total"),
        CheckConstraint("state <> 'returned' OR reviewed_at IS NOT NULL", name="returned"),
        Index("uq_quotes_open", "ticket_id", unique=True, postgresql_where=text(OPEN_QUOTES)),
        Index("uq_quotes_approved", "ticket_id", unique=True, postgresql_where=text("state = 'approved'")),
    )

    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"))
    version: Mapped[int]
    state: Mapped[str] = mapped_column(Text)
    lines: Mapped[list[dict[str, Any]]]
    total_fen: Mapped[int]
    engineer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("engineers.id"))
    # The approved quote to which this one adds: it stands until the customer has approved this one.
    base_id: Mapped[int | None] = mapped_column(ForeignKey("quotes.id"))
    price_list_version: Mapped[int | None] = mapped_column(ForeignKey("price_lists.version"))
    created_at: Mapped[datetime]
    # By a manager, when the sum asked for it.
    reviewed_at: Mapped[datetime | None]
    reviewed_by: Mapped[str | None] = mapped_column(Text)
    review_note: Mapped[str] = mapped_column(Text, server_default=text("''"))
    decided_at: Mapped[datetime | None]


class Receipt(Base):
    """What the customer was charged and for what, as it was told to him: written once, never changed (a trigger)."""

    __tablename__ = "receipts"
    __table_args__ = (
        UniqueConstraint("ticket_id", "seq"),
        CheckConstraint("total_fen >= 0 AND call_out_fen BETWEEN 0 AND total_fen", name="total"),
        # No charge without the customer's word.
        CheckConstraint("total_fen <= agreed_fen", name="as_agreed"),
        CheckConstraint("sha256 = encode(sha256(convert_to(document, 'UTF8')), 'hex')", name="sha256"),
    )

    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"))
    # Of the event that it is about: a rework has a receipt of its own.
    seq: Mapped[int]
    # Text, not jsonb: the hash is that of these very bytes.
    document: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(Text)
    total_fen: Mapped[int]
    call_out_fen: Mapped[int]
    agreed_fen: Mapped[int]
    issued_at: Mapped[datetime]


class PartOrder(Base):
    """A part that a ticket waits for; its state is its own, beside the ticket's."""

    __tablename__ = "part_orders"
    __table_args__ = (
        one_of("state", OrderState),
        CheckConstraint("quantity > 0", name="quantity"),
        Index("ix_part_orders_ticket_id", "ticket_id"),
    )

    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"))
    name: Mapped[str] = mapped_column(Text)
    quantity: Mapped[int]
    ordered_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("engineers.id"))
    ordered_at: Mapped[datetime]
    due_at: Mapped[datetime]
    arrived_at: Mapped[datetime | None]
    part_code: Mapped[str | None] = mapped_column(ForeignKey("parts.code"))
    state: Mapped[str] = mapped_column(Text, server_default=text("'ordered'"))
    carrier: Mapped[str] = mapped_column(Text, server_default=text("''"))
    tracking_number: Mapped[str] = mapped_column(Text, server_default=text("''"))


class Completion(Base):
    """The record of finished work: one for each time that a ticket was finished."""

    __tablename__ = "completions"
    __table_args__ = (Index("ix_completions_engineer_id_finished_at", "engineer_id", "finished_at"),)

    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int | None] = mapped_column(ForeignKey("visits.id"))
    engineer_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("engineers.id"))
    fault_code: Mapped[str] = mapped_column(Text)
    solution: Mapped[str] = mapped_column(Text)
    parts: Mapped[list[dict[str, Any]]]
    old_parts: Mapped[str] = mapped_column(Text)
    charge_fen: Mapped[int]
    finished_at: Mapped[datetime]


class Rating(Base):
    """One per finished ticket, by its owner. Nothing but a customer's own words ever makes one."""

    __tablename__ = "ratings"
    __table_args__ = (
        CheckConstraint("attitude BETWEEN 1 AND 5", name="attitude"),
        CheckConstraint("expertise BETWEEN 1 AND 5", name="expertise"),
        CheckConstraint("timeliness BETWEEN 1 AND 5", name="timeliness"),
        CheckConstraint("conduct BETWEEN 1 AND 5", name="conduct"),
        Index("ix_ratings_engineer_id", "engineer_id"),
        Index("ix_ratings_customer_id", "customer_id"),
        # The public reviews of a service point, newest first.
        Index("ix_ratings_service_point_id", "service_point_id", "created_at", "ticket_id"),
    )

    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), primary_key=True)
    customer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("customers.id"))
    service_point_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("service_points.id"))
    engineer_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("engineers.id"))
    attitude: Mapped[int]
    expertise: Mapped[int]
    timeliness: Mapped[int]
    conduct: Mapped[int]
    comment: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]


class Urging(Base):
    """The customer asks where things are. Whoever owns the job, or the desk when nobody does, owes him an answer by
    ``due_at``; what was asked before that was a duty has none.

    It ends once: answered by one of us, or ``lapsed`` with the job; late is what was ``escalated`` before.
    """

    __tablename__ = "urgings"
    __table_args__ = (
        Index("ix_urgings_ticket_id_at", "ticket_id", "at"),
        Index(
            "ix_urgings_due_at",
            "due_at",
            "id",
            postgresql_where=text("answered_at IS NULL AND lapsed_at IS NULL AND due_at IS NOT NULL"),
        ),
        CheckConstraint("n >= 1", name="counted"),
        CheckConstraint("due_at >= at AND answered_at >= at AND escalated_at >= due_at", name="in_order"),
        CheckConstraint(
            "(answered_at IS NULL) = (answered_by IS NULL) AND (answered_at IS NULL OR lapsed_at IS NULL)",
            name="ended_once",
        ),
    )

    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"))
    customer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("customers.id"))
    at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(Text)
    promised_at: Mapped[datetime]
    promise: Mapped[str] = mapped_column(Text)
    # The how-manieth of its ticket.
    n: Mapped[int] = mapped_column(server_default=text("1"))
    # It alone made the job more urgent than what was reported.
    raised: Mapped[bool] = mapped_column(server_default=text("false"))
    owner_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("engineers.id"))
    due_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[str | None] = mapped_column(Text)
    escalated_at: Mapped[datetime | None]
    lapsed_at: Mapped[datetime | None]


class Attachment(Base):
    """A photo or a short video that was decoded and written anew here; the original is never kept.

    What the engineer takes carries the visit at which he took it. Once that visit is sealed, a trigger
    (``keep_sealed_evidence``) refuses whatever would change the row, add one beside it or remove it.
    """

    __tablename__ = "attachments"
    __table_args__ = (
        one_of("purpose", Purpose),
        Index("ix_attachments_ticket_id", "ticket_id", postgresql_where=text("ticket_id IS NOT NULL")),
        Index("ix_attachments_customer_id", "customer_id", postgresql_where=text("customer_id IS NOT NULL")),
        Index("ix_attachments_asset_id", "asset_id", postgresql_where=text("asset_id IS NOT NULL")),
        Index("ix_attachments_visit_id", "visit_id", postgresql_where=text("visit_id IS NOT NULL")),
        Index("ix_attachments_unused", "created_at", postgresql_where=text("ticket_id IS NULL")),
        CheckConstraint("(customer_id IS NULL) <> (staff_id IS NULL)", name="one_uploader"),
        CheckConstraint("purpose <> 'checklist' OR item <> ''", name="item"),
        CheckConstraint("(media_type LIKE 'video/%') = (duration_ms IS NOT NULL)", name="duration"),
        CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name="place"),
        CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_reason IS NULL)", name="withdrawn"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    customer_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("customers.id"))
    staff_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("staff.id"))
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"))
    # The appliance whose purchase it proves.
    asset_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("assets.id"))
    visit_id: Mapped[int | None] = mapped_column(ForeignKey("visits.id"))
    purpose: Mapped[str] = mapped_column(Text)
    # Which item of the checklist it shows (app/domain/evidence/items.toml), and what its taker says of it.
    item: Mapped[str] = mapped_column(Text, default="", server_default=text("''"))
    caption: Mapped[str] = mapped_column(Text, default="", server_default=text("''"))
    sha256: Mapped[str] = mapped_column(Text)
    media_type: Mapped[str] = mapped_column(Text)
    size: Mapped[int]
    width: Mapped[int]
    height: Mapped[int]
    # Of a video.
    duration_ms: Mapped[int | None]
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    # What the phone says; created_at is the server's own time, and that is what counts.
    claimed_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_reason: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime]


class ChecklistEntry(Base):
    """A reading or a tick that the engineer noted at a visit; a tick has no value. Sealed with the visit."""

    __tablename__ = "checklist_entries"

    visit_id: Mapped[int] = mapped_column(ForeignKey("visits.id"), primary_key=True)
    item: Mapped[str] = mapped_column(Text, primary_key=True)
    value: Mapped[float | None]
    staff_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("staff.id"))
    noted_at: Mapped[datetime]


class CompletionProof(Base):
    """The customer's word that the work of a visit is done, for the total that he was shown. Sealed with the visit."""

    __tablename__ = "completion_proofs"
    __table_args__ = (
        one_of("kind", ProofKind),
        CheckConstraint("(kind = 'signature') = (attachment_id IS NOT NULL)", name="signature"),
        CheckConstraint("total_fen >= 0", name="total"),
    )

    visit_id: Mapped[int] = mapped_column(ForeignKey("visits.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    total_fen: Mapped[int]
    quote_version: Mapped[int | None]
    attachment_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("attachments.id"))
    # Whose phone it was given on.
    staff_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("staff.id"))
    proved_at: Mapped[datetime]


class EvidenceSeal(Base):
    """What was there when the customer confirmed: a digest of all of it, chained to the ticket's seal before."""

    __tablename__ = "evidence_seals"
    __table_args__ = (CheckConstraint("pieces >= 0", name="pieces"),)

    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), primary_key=True)
    # That of the event by which it was confirmed.
    seq: Mapped[int] = mapped_column(primary_key=True)
    previous: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(Text)
    pieces: Mapped[int]
    sealed_at: Mapped[datetime]

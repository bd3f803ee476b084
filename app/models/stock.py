"""Parts, where they lie, and every movement of theirs."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.parts import PlaceKind, Reason
from app.models.base import Base, Created, one_of


class Part(Base, Created):
    """What can be fitted. The price is that of the price items that name its code."""

    __tablename__ = "parts"

    code: Mapped[str] = mapped_column(Text, primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    category: Mapped[str] = mapped_column(Text)
    # What triage and engineers call it as well.
    aliases: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    serialised: Mapped[bool] = mapped_column(server_default=text("false"))
    # The old one goes back to the brand.
    returnable: Mapped[bool] = mapped_column(server_default=text("false"))
    active: Mapped[bool] = mapped_column(server_default=text("true"))


class Stock(Base):
    """How many of a part are at a service point or in an engineer's van: the sum of its entries."""

    __tablename__ = "stock"
    __table_args__ = (
        one_of("place_kind", PlaceKind),
        CheckConstraint("on_hand >= 0 AND reserved >= 0 AND defective >= 0", name="counted"),
        CheckConstraint("reserved <= on_hand", name="reserved"),
    )

    # A service point's id, or an engineer's: his van.
    place_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    part_code: Mapped[str] = mapped_column(ForeignKey("parts.code"), primary_key=True)
    place_kind: Mapped[str] = mapped_column(Text)
    on_hand: Mapped[int] = mapped_column(server_default=text("0"))
    # Of those on hand; held for a ticket.
    reserved: Mapped[int] = mapped_column(server_default=text("0"))
    # Old parts on their way back, apart from what can be fitted.
    defective: Mapped[int] = mapped_column(server_default=text("0"))


class StockEntry(Base):
    """One movement; entries are added, never changed."""

    __tablename__ = "stock_entries"
    __table_args__ = (
        one_of("reason", Reason),
        Index("ix_stock_entries_place_id", "place_id", "part_code", "id"),
        Index("ix_stock_entries_ticket_id", "ticket_id", postgresql_where=text("ticket_id IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    place_id: Mapped[uuid.UUID]
    part_code: Mapped[str] = mapped_column(ForeignKey("parts.code"))
    reason: Mapped[str] = mapped_column(Text)
    on_hand: Mapped[int]
    reserved: Mapped[int]
    defective: Mapped[int]
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"))
    note: Mapped[str] = mapped_column(Text, default="")
    made_by: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]


class FittedPart(Base):
    """A part that was fitted on a visit, with its serial number where it has one."""

    __tablename__ = "fitted_parts"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity"),
        Index("ix_fitted_parts_ticket_id", "ticket_id"),
        Index("ix_fitted_parts_serial_number", "serial_number", postgresql_where=text("serial_number <> ''")),
    )

    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"))
    visit_id: Mapped[int | None] = mapped_column(ForeignKey("visits.id"))
    # NULL for one that was named freely.
    part_code: Mapped[str | None] = mapped_column(ForeignKey("parts.code"))
    name: Mapped[str] = mapped_column(Text)
    quantity: Mapped[int]
    serial_number: Mapped[str] = mapped_column(Text, default="")
    old_part: Mapped[str] = mapped_column(Text)
    fitted_at: Mapped[datetime]

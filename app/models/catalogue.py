"""What the brand sells and charges: products and the published price table."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.pricing import PriceKind
from app.models.base import Base, Created, one_of


class Product(Base, Created):
    __tablename__ = "products"
    __table_args__ = (UniqueConstraint("brand", "model"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    category: Mapped[str] = mapped_column(Text)
    brand: Mapped[str] = mapped_column(Text)
    model: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    warranty_months: Mapped[int] = mapped_column(default=12)


class PriceList(Base, Created):
    """One version of the published price table. A draft may be edited; what is published never changes (a trigger).

    In force is the published one with the latest ``valid_from`` that has come; of two for one day, the later version.
    """

    __tablename__ = "price_lists"
    __table_args__ = (
        CheckConstraint("(published_at IS NULL) = (valid_from IS NULL)", name="published"),
        CheckConstraint("(published_at IS NULL) = (published_by IS NULL)", name="publisher"),
        # One draft at a time: whoever edits sees what the others have edited.
        Index(
            "uq_price_lists_draft",
            text("(published_at IS NULL)"),
            unique=True,
            postgresql_where=text("published_at IS NULL"),
        ),
    )

    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    # By the law a price table names the number for complaints; receipts print it.
    complaint_phone: Mapped[str] = mapped_column(Text, server_default=text("''"))
    note: Mapped[str] = mapped_column(Text, server_default=text("''"))
    # By the calendar in China.
    valid_from: Mapped[date | None]
    created_by: Mapped[str] = mapped_column(Text)
    published_at: Mapped[datetime | None]
    published_by: Mapped[str | None] = mapped_column(Text)


class PriceItem(Base, Created):
    __tablename__ = "price_items"
    __table_args__ = (
        one_of("kind", PriceKind),
        CheckConstraint("unit_price_fen >= 0", name="price"),
        CheckConstraint("warranty_days >= 0", name="warranty_days"),
        CheckConstraint("part_code = '' OR kind = 'part'", name="part_code"),
        CheckConstraint("NOT waived_with_repair OR kind = 'call_out'", name="waived"),
        Index("ix_price_items_code", "code"),
    )

    list_version: Mapped[int] = mapped_column(ForeignKey("price_lists.version"), primary_key=True)
    code: Mapped[str] = mapped_column(Text, primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    # Empty: goes with every category.
    category: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    unit: Mapped[str] = mapped_column(Text, default="次")
    unit_price_fen: Mapped[int]
    # How long the work, or the part, is answered for after the repair; 0 for what wears out.
    warranty_days: Mapped[int] = mapped_column(server_default=text("0"))
    part_code: Mapped[str] = mapped_column(Text, server_default=text("''"))
    # Of a call-out fee: who has the repair done does not pay it.
    waived_with_repair: Mapped[bool] = mapped_column(server_default=text("false"))
    active: Mapped[bool] = mapped_column(default=True)


class PriceOverride(Base):
    """What an item costs in one city, when that differs."""

    __tablename__ = "price_overrides"
    __table_args__ = (
        ForeignKeyConstraint(
            ["list_version", "code"],
            ["price_items.list_version", "price_items.code"],
            name="fk_price_overrides_item",
            ondelete="CASCADE",
        ),
        CheckConstraint("unit_price_fen >= 0", name="price"),
        CheckConstraint("city <> ''", name="city"),
    )

    list_version: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(Text, primary_key=True)
    city: Mapped[str] = mapped_column(Text, primary_key=True)
    unit_price_fen: Mapped[int]


class SpendLimit(Base):
    """Above it a manager looks at a quote before the customer does; '' stands for any, the most specific row counts."""

    __tablename__ = "spend_limits"
    __table_args__ = (CheckConstraint("limit_fen >= 0", name="limit"),)

    # Of whoever quotes.
    role: Mapped[str] = mapped_column(Text, primary_key=True)
    service_type: Mapped[str] = mapped_column(Text, primary_key=True)
    warranty: Mapped[str] = mapped_column(Text, primary_key=True)
    limit_fen: Mapped[int]
    updated_by: Mapped[str] = mapped_column(Text)
    updated_at: Mapped[datetime]

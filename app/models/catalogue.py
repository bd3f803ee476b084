"""What the brand sells and charges: products and the published price table."""

from enum import StrEnum

from sqlalchemy import CheckConstraint, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Created, one_of


class PriceKind(StrEnum):
    CALL_OUT = "call_out"
    LABOUR = "labour"
    PART = "part"


class Product(Base, Created):
    __tablename__ = "products"
    __table_args__ = (UniqueConstraint("brand", "model"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    category: Mapped[str] = mapped_column(Text)
    brand: Mapped[str] = mapped_column(Text)
    model: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    warranty_months: Mapped[int] = mapped_column(default=12)


class PriceItem(Base, Created):
    __tablename__ = "price_items"
    __table_args__ = (one_of("kind", PriceKind), CheckConstraint("unit_price_fen >= 0", name="price"))

    code: Mapped[str] = mapped_column(Text, primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    category: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    unit: Mapped[str] = mapped_column(Text, default="次")
    unit_price_fen: Mapped[int]
    active: Mapped[bool] = mapped_column(default=True)

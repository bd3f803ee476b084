"""Whose an appliance is beside its owner: households that share it, and the offer to hand it over."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Created


class Household(Base, Created):
    __tablename__ = "households"
    __table_args__ = (
        CheckConstraint("name <> ''", name="name"),
        Index("ix_households_owner_id", "owner_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    name: Mapped[str] = mapped_column(Text)
    # Who invites and removes; a member like the others.
    owner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("customers.id"))


class HouseholdMember(Base):
    __tablename__ = "household_members"
    __table_args__ = (
        UniqueConstraint("household_id", "customer_id"),
        Index("ix_household_members_customer_id", "customer_id"),
    )

    # What others call him by: a customer's own id is nobody's business.
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    household_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("households.id", ondelete="CASCADE"))
    customer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("customers.id"))
    joined_at: Mapped[datetime]


class HouseholdInvitation(Base, Created):
    """A code that lets one person in, once, for some days. Whoever reads this table can join with nothing in it."""

    __tablename__ = "household_invitations"
    __table_args__ = (
        CheckConstraint("expires_at > created_at", name="forward"),
        CheckConstraint("used_at IS NULL OR used_at < expires_at", name="in_time"),
        Index("ix_household_invitations_household_id", "household_id"),
    )

    code_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    household_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("households.id", ondelete="CASCADE"))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class AssetTransfer(Base, Created):
    """An appliance offered to whoever gets the code: sold, given away, left behind. Undone until it is accepted."""

    __tablename__ = "asset_transfers"
    __table_args__ = (
        CheckConstraint("expires_at > created_at", name="forward"),
        CheckConstraint("(accepted_at IS NULL) = (to_customer_id IS NULL)", name="accepted"),
        CheckConstraint("accepted_at IS NULL OR withdrawn_at IS NULL", name="one_end"),
        Index(
            "uq_asset_transfers_open",
            "asset_id",
            unique=True,
            postgresql_where=text("accepted_at IS NULL AND withdrawn_at IS NULL"),
        ),
        Index("ix_asset_transfers_asset_id", "asset_id"),
        Index("ix_asset_transfers_from_customer_id", "from_customer_id"),
        Index("ix_asset_transfers_to_customer_id", "to_customer_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    code_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    asset_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("assets.id"))
    from_customer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("customers.id"))
    to_customer_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("customers.id"))
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]

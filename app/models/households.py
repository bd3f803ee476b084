"""People who share appliances and vehicles: a household, its members, and the invitations into it."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, Text, UniqueConstraint
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

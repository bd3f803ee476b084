"""Customers, staff, their WeChat identities and their sessions."""

import uuid
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY, TSTZRANGE, Range
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Created, one_of


class StaffRole(StrEnum):
    ENGINEER = "engineer"
    AGENT = "agent"
    MANAGER = "manager"
    ADMIN = "admin"


class Audience(StrEnum):
    CUSTOMER = "customer"
    STAFF = "staff"


class Customer(Base, Created):
    __tablename__ = "customers"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    nickname: Mapped[str] = mapped_column(Text, default="")
    phone: Mapped[str] = mapped_column(Text, default="")


class ServicePoint(Base, Created):
    """A branch (网点): the place that its engineers and their territory belong to."""

    __tablename__ = "service_points"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    name: Mapped[str] = mapped_column(Text, unique=True)
    city: Mapped[str] = mapped_column(Text)
    districts: Mapped[list[str]] = mapped_column(ARRAY(Text))
    phone: Mapped[str] = mapped_column(Text)
    latitude: Mapped[float]
    longitude: Mapped[float]


class Staff(Base, Created):
    __tablename__ = "staff"
    __table_args__ = (one_of("role", StaffRole),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    username: Mapped[str] = mapped_column(Text, unique=True)
    password_hash: Mapped[str] = mapped_column(Text)
    role: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    phone: Mapped[str] = mapped_column(Text, default="")
    service_point_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("service_points.id"))
    active: Mapped[bool] = mapped_column(default=True)


class Engineer(Base):
    """What dispatch needs to know of a staff member who works in the field."""

    __tablename__ = "engineers"
    __table_args__ = (
        Index("ix_engineers_skills", "skills", postgresql_using="gin"),
        CheckConstraint("latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180", name="home"),
    )

    id: Mapped[uuid.UUID] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    employee_no: Mapped[str] = mapped_column(Text, unique=True)
    photo_url: Mapped[str] = mapped_column(Text, default="")
    skills: Mapped[list[str]] = mapped_column(ARRAY(Text))
    licences: Mapped[list[str]] = mapped_column(ARRAY(Text))
    areas: Mapped[list[str]] = mapped_column(ARRAY(Text))
    latitude: Mapped[float]
    longitude: Mapped[float]


class Roster(Base):
    """One working day of one engineer. Whoever plans or books on it locks this row first."""

    __tablename__ = "rosters"

    engineer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("engineers.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    shift: Mapped[Range[datetime]] = mapped_column(TSTZRANGE)
    version: Mapped[int] = mapped_column(default=0)


class WeChatIdentity(Base, Created):
    """One openid of one account. It belongs to a customer or to a staff member, or to nobody yet."""

    __tablename__ = "wechat_identities"
    __table_args__ = (
        UniqueConstraint("appid", "openid"),
        CheckConstraint("customer_id IS NULL OR staff_id IS NULL", name="one_owner"),
        Index("ix_wechat_identities_customer_id", "customer_id"),
        Index("ix_wechat_identities_staff_id", "staff_id"),
        Index("ix_wechat_identities_unionid", "unionid"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    appid: Mapped[str] = mapped_column(Text)
    openid: Mapped[str] = mapped_column(Text)
    unionid: Mapped[str | None] = mapped_column(Text)
    customer_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("customers.id"))
    staff_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("staff.id"))
    follows: Mapped[bool] = mapped_column(default=False)
    followed_at: Mapped[datetime | None]
    unreachable_reason: Mapped[str | None] = mapped_column(Text)


class Session(Base, Created):
    """A signed-in caller. The row decides, not the token: revoking it takes effect at the next request."""

    __tablename__ = "sessions"
    __table_args__ = (
        one_of("audience", Audience),
        CheckConstraint("(customer_id IS NULL) <> (staff_id IS NULL)", name="one_subject"),
        Index("ix_sessions_expires_at", "expires_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    audience: Mapped[str] = mapped_column(Text)
    customer_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("customers.id"))
    staff_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("staff.id"))
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class SignInGuard(Base):
    """Counts wrong passwords for one username (as a digest, known or not) or for one network."""

    __tablename__ = "sign_in_guards"
    __table_args__ = (Index("ix_sign_in_guards_since", "since"),)

    subject: Mapped[str] = mapped_column(Text, primary_key=True)
    failures: Mapped[int]
    since: Mapped[datetime]
    locked_until: Mapped[datetime | None]

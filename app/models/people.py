"""Customers, staff, their WeChat identities and their sessions."""

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Created, one_of


class StaffRole(StrEnum):
    ENGINEER = "engineer"
    AGENT = "agent"
    MANAGER = "manager"
    ADMIN = "admin"
    # Dispatches for a contractor.
    CONTRACTOR = "contractor"


class Audience(StrEnum):
    CUSTOMER = "customer"
    STAFF = "staff"


class PhoneSource(StrEnum):
    """Who told us the number. Only what WeChat says is proof; a row without a source came from an agent."""

    AGENT = "agent"
    TYPED = "typed"
    WECHAT = "wechat"


class MergeCause(StrEnum):
    UNIONID = "unionid"
    PHONE = "phone"
    STAFF = "staff"


class Customer(Base, Created):
    __tablename__ = "customers"
    __table_args__ = (
        CheckConstraint(
            f"phone_source IS NULL OR phone_source IN ({', '.join(repr(s.value) for s in PhoneSource)})",
            name="phone_source",
        ),
        CheckConstraint("phone_verified_at IS NULL OR phone <> ''", name="verified_phone"),
        CheckConstraint("merged_into <> id", name="merged_into_another"),
        CheckConstraint(
            "erased_at IS NULL OR nickname = '' AND phone = '' AND preferences IS NULL", name="erased"
        ),
        CheckConstraint("jsonb_typeof(preferences->'contact_hours') = 'array'", name="preferences"),
        Index("ix_customers_phone", "phone", postgresql_where=text("phone <> ''")),
        # Callers are asked for the last digits of their number.
        Index(
            "ix_customers_phone_ending",
            text("reverse(phone) text_pattern_ops"),
            postgresql_where=text("phone <> ''"),
        ),
        Index("ix_customers_nickname", text("nickname text_pattern_ops")),
        Index("ix_customers_merged_into", "merged_into", postgresql_where=text("merged_into IS NOT NULL")),
        Index("ix_customers_from_wechat", "id", postgresql_where=text("phone_source = 'wechat'")),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    nickname: Mapped[str] = mapped_column(Text, default="")
    # When the customer chose the nickname himself; one that an agent wrote down has no such moment.
    nickname_chosen_at: Mapped[datetime | None]
    phone: Mapped[str] = mapped_column(Text, default="")
    phone_source: Mapped[str | None] = mapped_column(Text)
    phone_verified_at: Mapped[datetime | None]
    # How he wishes to be served (app/schemas/preferences.py); null: he has not said.
    preferences: Mapped[dict[str, Any] | None]
    # He gave up his account: nothing of him is left but what counts.
    erased_at: Mapped[datetime | None]
    # The customer that this one turned out to be. The row stays, so that the merge can be undone.
    merged_into: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("customers.id"))


class CustomerMerge(Base):
    """Two customers became one: what moved, so that exactly that can move back."""

    __tablename__ = "customer_merges"
    __table_args__ = (
        one_of("cause", MergeCause),
        CheckConstraint("customer_id <> into_id", name="two"),
        # A customer can be part of another only once at a time.
        Index(
            "uq_customer_merges_live", "customer_id", unique=True, postgresql_where=text("undone_at IS NULL")
        ),
        Index("ix_customer_merges_into_id", "into_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    customer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("customers.id"))
    into_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("customers.id"))
    cause: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    # Keys by table, and what the surviving row took over; never a number or a name.
    moved: Mapped[dict[str, Any]]
    merged_at: Mapped[datetime]
    merged_by_role: Mapped[str] = mapped_column(Text)
    merged_by: Mapped[str] = mapped_column(Text)
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[str | None] = mapped_column(Text)
    undone_reason: Mapped[str | None] = mapped_column(Text)


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
    __table_args__ = (
        one_of("role", StaffRole),
        CheckConstraint(
            "role = 'engineer' OR (role = 'contractor') = (contractor_id IS NOT NULL)", name="contractor"
        ),
        CheckConstraint(
            "points IS NULL OR cardinality(points) > 0 AND role IN ('agent', 'manager')", name="points"
        ),
        Index("ix_staff_contractor_id", "contractor_id", postgresql_where=text("contractor_id IS NOT NULL")),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    username: Mapped[str] = mapped_column(Text, unique=True)
    password_hash: Mapped[str] = mapped_column(Text)
    role: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    phone: Mapped[str] = mapped_column(Text, default="")
    service_point_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("service_points.id"))
    # Whose people he is one of, or dispatches; nobody's but ours where there is none.
    contractor_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("contractors.id"))
    # Whose tickets somebody at the desk sees; null: those of the whole house.
    points: Mapped[list[uuid.UUID] | None] = mapped_column(ARRAY(Uuid))
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
        Index("ix_sessions_customer_id", "customer_id", postgresql_where=text("customer_id IS NOT NULL")),
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

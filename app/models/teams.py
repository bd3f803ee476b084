"""Teams at the desk, who sits there, the rules by which tickets reach them, and where each ticket went and why."""

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.routing.choice import Presence
from app.models.base import Base, Created, one_of


class RouteCause(StrEnum):
    RULE = "rule"
    # No rule fitted.
    DEFAULT = "default"
    # Somebody became free for what waited.
    WAITED = "waited"
    # Whoever had it has gone.
    ABSENT = "absent"
    TRANSFER = "transfer"


class Team(Base, Created):
    __tablename__ = "teams"
    __table_args__ = (
        CheckConstraint("overflow_id <> id", name="overflow"),
        Index("uq_teams_standing", "standing", unique=True, postgresql_where=text("standing")),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    name: Mapped[str] = mapped_column(Text, unique=True)
    # Takes over what nobody of this one is free for.
    overflow_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("teams.id"))
    # Where goes what no rule fits.
    standing: Mapped[bool] = mapped_column(server_default=text("false"))


class TeamMember(Base):
    __tablename__ = "team_members"

    team_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("teams.id", ondelete="CASCADE"), primary_key=True)
    staff_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    # Categories; empty for all.
    skills: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))


class DeskSeat(Base):
    """Whether somebody is there, how much he can have at once, and when he was last given something."""

    __tablename__ = "desk_seats"
    __table_args__ = (
        one_of("presence", Presence),
        CheckConstraint("capacity BETWEEN 0 AND 500", name="capacity"),
    )

    staff_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    capacity: Mapped[int] = mapped_column(server_default=text("10"))
    presence: Mapped[str] = mapped_column(Text, server_default=text("'offline'"))
    seen_at: Mapped[datetime | None]
    last_assigned_at: Mapped[datetime | None]


class RoutingRules(Base):
    """A whole list of rules, published at once and never changed."""

    __tablename__ = "routing_rules"

    version: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    rules: Mapped[list[dict[str, Any]]]
    published_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("staff.id"))
    published_at: Mapped[datetime]


class TicketRoute(Base):
    """Where a ticket is at the desk since ``at``; the one without an end is the current one."""

    __tablename__ = "ticket_routes"
    __table_args__ = (
        one_of("cause", RouteCause),
        CheckConstraint("(cause = 'transfer') = (moved_by IS NOT NULL)", name="moved_by"),
        Index(
            "uq_ticket_routes_current", "ticket_id", unique=True, postgresql_where=text("ended_at IS NULL")
        ),
        Index("ix_ticket_routes_load", "staff_id", postgresql_where=text("ended_at IS NULL")),
        Index(
            "ix_ticket_routes_waiting",
            text("rank DESC"),
            "at",
            "id",
            postgresql_where=text("ended_at IS NULL AND staff_id IS NULL"),
        ),
        Index("ix_ticket_routes_ticket_id", "ticket_id", "id"),
    )

    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"))
    team_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("teams.id"))
    # NULL: it waits in the team's queue.
    staff_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("staff.id"))
    cause: Mapped[str] = mapped_column(Text)
    rank: Mapped[int] = mapped_column(server_default=text("0"))
    # Rule and version, what of it held, and who else could have had it.
    why: Mapped[dict[str, Any]]
    reason: Mapped[str] = mapped_column(Text, server_default=text("''"))
    moved_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

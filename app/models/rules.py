"""What the work rules know of engineers beyond their skills: licences on paper, and customers who do not want them."""

import uuid
from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class EngineerLicence(Base):
    """The paper behind one of ``engineers.licences``. One without a paper here has no known end."""

    __tablename__ = "engineer_licences"

    engineer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("engineers.id"), primary_key=True)
    licence: Mapped[str] = mapped_column(Text, primary_key=True)
    number: Mapped[str] = mapped_column(Text, default="")
    # The last day on which it counts.
    expires_on: Mapped[date | None]


class EngineerBan(Base):
    """A customer has asked never to get this engineer again. Two customers who become one may each have asked."""

    __tablename__ = "engineer_bans"
    __table_args__ = (
        Index(
            "ix_engineer_bans_live", "customer_id", "engineer_id", postgresql_where=text("lifted_at IS NULL")
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    customer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("customers.id"))
    engineer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("engineers.id"))
    reason: Mapped[str] = mapped_column(Text)
    created_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[datetime]
    lifted_at: Mapped[datetime | None]
    lifted_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("staff.id"))

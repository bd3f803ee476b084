import uuid
from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Created, one_of
from app.models.people import StaffRole


class SecondFactor(Base, Created):
    """What a member of staff proves beside his password; it counts from ``proved_at`` on."""

    __tablename__ = "second_factors"
    __table_args__ = (CheckConstraint("last_step >= 0", name="last_step"),)

    staff_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    # Sealed (app.services.credentials.keyring).
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    proved_at: Mapped[datetime | None]
    # The step of the last code that was accepted: none is accepted twice.
    last_step: Mapped[int] = mapped_column(BigInteger, default=0)


class RecoveryCode(Base, Created):
    """Stands in for a lost phone, once; kept as a digest."""

    __tablename__ = "recovery_codes"

    staff_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    used_at: Mapped[datetime | None]


class SecondFactorRole(Base, Created):
    """Whoever has this role signs in with a second factor; without a row it is his own choice."""

    __tablename__ = "second_factor_roles"
    __table_args__ = (one_of("role", StaffRole),)

    role: Mapped[str] = mapped_column(Text, primary_key=True)
    demanded_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("staff.id"))

"""Who acts: one caller of one request, or the system itself."""

from dataclasses import dataclass

from app.domain.lifecycle import Role


@dataclass(frozen=True)
class Actor:
    """``id`` is the customer's or the staff member's id; an engineer is his staff record.

    ``contractor_id`` is whose people he dispatches (or is), if not ours.
    """

    role: Role
    id: str
    session_id: str | None = None
    name: str = ""
    contractor_id: str | None = None

    @property
    def is_staff(self) -> bool:
        return self.role not in (Role.CUSTOMER, Role.SYSTEM)

    @property
    def oversees(self) -> bool:
        """Sees every ticket: the people at the desk, not those in the field."""
        return self.role in (Role.AGENT, Role.MANAGER, Role.ADMIN, Role.SYSTEM)


SYSTEM = Actor(Role.SYSTEM, "system", name="系统")

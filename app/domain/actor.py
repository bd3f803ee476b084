"""Who acts: one caller of one request, or the system itself."""

from dataclasses import dataclass

from app.domain.lifecycle import Role


@dataclass(frozen=True)
class Actor:
    """``id`` is the customer's or the staff member's id; an engineer is his staff record.

    ``contractor_id`` is whose people he dispatches (or is), if not ours. ``points`` are the service points whose
    tickets somebody at the desk sees; None: those of the whole house.
    """

    role: Role
    id: str
    session_id: str | None = None
    name: str = ""
    contractor_id: str | None = None
    points: tuple[str, ...] | None = None

    def answers_for(self, service_point_id: str | None) -> bool:
        """Whether what belongs to this service point, or to none, is within what he may see at the desk."""
        return self.points is None or service_point_id in self.points

    @property
    def leads_house(self) -> bool:
        """Whether he decides what holds for everybody: administrators, and managers who answer for no single points."""
        return self.role in (Role.MANAGER, Role.ADMIN) and self.points is None

    @property
    def is_staff(self) -> bool:
        return self.role not in (Role.CUSTOMER, Role.SYSTEM)

    @property
    def oversees(self) -> bool:
        """Sees tickets whoever has them: the people at the desk, not those in the field."""
        return self.role in (Role.AGENT, Role.MANAGER, Role.ADMIN, Role.SYSTEM)


SYSTEM = Actor(Role.SYSTEM, "system", name="系统")

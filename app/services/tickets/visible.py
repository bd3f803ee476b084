"""Who may see which ticket, written once as SQL over ``tickets t`` (and its open ``offers o``)."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, TypeAlias

from app.domain.actor import Actor
from app.domain.lifecycle import Role
from app.domain.situation import Situation
from app.models.visits import LIVE_VISITS
from app.services.dispatch.rules import OF_TICKET, may_do

# What one of a contractor's worked on is no longer his to see once somebody who is not of that contractor has it.
STILL_HIS = """NOT EXISTS (
    SELECT FROM staff was JOIN staff has ON has.id = t.engineer_id
     WHERE was.id = $2::uuid AND was.contractor_id IS NOT NULL
       AND was.contractor_id IS DISTINCT FROM has.contractor_id)"""

# An engineer sees his jobs, the one offered to him, those he worked on, and what he could claim from the pool.
_ENGINEER = f"""(
    t.engineer_id = $2::uuid
    OR t.state = 'offered' AND o.engineer_id = $2::uuid
    OR EXISTS (SELECT FROM visits w WHERE w.ticket_id = t.id AND w.engineer_id = $2::uuid
                                      AND w.arrived_at IS NOT NULL) AND {STILL_HIS}
    OR EXISTS (SELECT FROM visits w WHERE w.accompanies = t.visit_id AND w.engineer_id = $2::uuid
                                      AND w.{LIVE_VISITS})
    OR t.state = 'dispatching' AND EXISTS (
        SELECT FROM engineers g WHERE g.id = $2::uuid AND {may_do("g", OF_TICKET)})
)"""

# Its dispatcher sees what its engineers see.
OF_CONTRACTOR = (
    "(SELECT hired.id FROM staff hired WHERE hired.contractor_id = $2::uuid AND hired.role = 'engineer')"
)
_CONTRACTOR = f"""(
    t.engineer_id IN {OF_CONTRACTOR}
    OR t.state = 'offered' AND o.engineer_id IN {OF_CONTRACTOR}
    OR t.engineer_id IS NULL AND EXISTS (
        SELECT FROM visits w WHERE w.ticket_id = t.id AND w.engineer_id IN {OF_CONTRACTOR} AND w.arrived_at IS NOT NULL)
    OR t.state = 'dispatching' AND EXISTS (
        SELECT FROM engineers g WHERE g.id IN {OF_CONTRACTOR} AND {may_do("g", OF_TICKET)})
)"""

Sight: TypeAlias = Role | Literal["points"]
VISIBLE: Mapping[Sight, str] = MappingProxyType(
    {
        Role.CUSTOMER: "t.customer_id = $2::uuid",
        Role.ENGINEER: _ENGINEER,
        Role.CONTRACTOR: _CONTRACTOR,
        # Somebody at the desk who answers for some service points only.
        "points": "t.service_point_id = ANY ($2::uuid[])",
        Role.AGENT: "TRUE",
        Role.MANAGER: "TRUE",
        Role.ADMIN: "TRUE",
        Role.SYSTEM: "TRUE",
    }
)


def sight(actor: Actor) -> Sight:
    return actor.role if actor.points is None else "points"


def of_points(parameter: str, column: str = "t.service_point_id") -> str:
    """The clause of the desk's lists; its value is ``actor.points``. What is of no point is of the whole house only."""
    return f"({parameter}::uuid[] IS NULL OR {column} = ANY ({parameter}::uuid[]))"


def binds(actor: Actor) -> tuple[object, ...]:
    """The value of ``$2``, where the clause of this sight has one."""
    if actor.points is not None:
        return (actor.points,)
    return () if actor.oversees else (whose(actor),)


def whose(actor: Actor) -> str:
    """By whose key his tickets are found: a contractor's dispatcher has none himself."""
    return actor.contractor_id or "" if actor.role is Role.CONTRACTOR else actor.id


def in_hands_of(s: Situation, actor: Actor) -> bool:
    """Whether the job is the caller's, or that of somebody whom he dispatches."""
    if s.engineer is None:
        return False
    at_work = (s.engineer, s.companion) if s.companion else (s.engineer,)
    if actor.role is Role.CONTRACTOR:
        return any(engineer.contractor_id == actor.contractor_id for engineer in at_work)
    return any(engineer.id == actor.id for engineer in at_work)

"""Who may see which ticket, written once as SQL over ``tickets t`` (and its open ``offers o``)."""

from collections.abc import Mapping
from types import MappingProxyType

from app.domain.actor import Actor
from app.domain.lifecycle import Role
from app.services.dispatch.rules import OF_TICKET, may_do

# An engineer sees his jobs, the one offered to him, those he worked on, and what he could claim from the pool.
_ENGINEER = f"""(
    t.engineer_id = $2::uuid
    OR t.state = 'offered' AND o.engineer_id = $2::uuid
    OR EXISTS (SELECT FROM visits w WHERE w.ticket_id = t.id AND w.engineer_id = $2::uuid
                                      AND w.arrived_at IS NOT NULL)
    OR t.state = 'dispatching' AND EXISTS (
        SELECT FROM engineers g WHERE g.id = $2::uuid AND {may_do("g", OF_TICKET)})
)"""

VISIBLE: Mapping[Role, str] = MappingProxyType(
    {
        Role.CUSTOMER: "t.customer_id = $2::uuid",
        Role.ENGINEER: _ENGINEER,
        Role.AGENT: "TRUE",
        Role.MANAGER: "TRUE",
        Role.ADMIN: "TRUE",
        Role.SYSTEM: "TRUE",
    }
)


def binds(actor: Actor) -> tuple[str, ...]:
    """The value of ``$2``, where the clause of this role has one."""
    return () if actor.oversees else (actor.id,)

"""An incident that somebody wants to change: its first ticket is locked before it, as tickets always come first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import asyncpg

from app.domain.actor import Actor
from app.domain.incidents.duties import Severity
from app.domain.incidents.life import STAGE_LABELS, Move, Stage, moved
from app.domain.lifecycle import Role
from app.domain.situation import Situation
from app.errors import Conflict, Forbidden, NotFound
from app.services.tickets.load import load_by_id

_FIND = "SELECT anchor_id FROM incidents WHERE number = $1"
# With others that are changed as well, in the order of ids.
_LOCK_TICKETS = """
SELECT id FROM tickets WHERE id = $1 OR number = ANY ($2::text[]) ORDER BY id FOR NO KEY UPDATE
"""
_LOCK = """
SELECT i.id, i.number, i.state, i.severity, i.title, i.service_point_id::text AS service_point_id,
       i.owner_id::text AS owner, i.next_update_at, i.promised_at, i.anchor_id, i.solution, i.review_due_at,
       ARRAY(SELECT m.staff_id::text FROM incident_members m WHERE m.incident_id = i.id ORDER BY m.joined_at, 1)
           AS members
  FROM incidents i WHERE i.number = $1 FOR UPDATE OF i
"""
_MAY_ALWAYS = frozenset({Role.MANAGER, Role.ADMIN, Role.SYSTEM})


_UNKNOWN = "没有找到这个专案组。"


class IncidentMoved(Conflict):
    code, msg = "incident_moved", "专案组的状态已有变化，请刷新后再操作。"


class NotAMember(Forbidden):
    code, msg = "not_a_member", "只有专案组成员和主管可以操作，请先请主管把您加入专案组。"


@dataclass(frozen=True)
class Incident:
    id: int
    number: str
    state: Stage
    severity: Severity
    title: str
    service_point_id: str | None
    owner: str | None
    next_update_at: datetime | None
    promised_at: datetime | None
    anchor_id: int
    solution: str
    review_due_at: datetime | None
    members: tuple[str, ...]

    @property
    def people(self) -> list[str]:
        """The owner first."""
        owner = [self.owner] if self.owner else []
        return [*owner, *(each for each in self.members if each != self.owner)]


@dataclass(frozen=True)
class Held:
    """Locked until the transaction ends, with the ticket by which staff hear of it."""

    incident: Incident
    anchor: Situation


async def hold(
    connection: asyncpg.Connection, number: str, actor: Actor, *, tickets: Sequence[str] = ()
) -> Held:
    """For its members and for managers. Errors: not_found, not_a_member."""
    anchor_id = await connection.fetchval(_FIND, number)
    if anchor_id is None:
        raise NotFound(_UNKNOWN)
    await connection.fetch(_LOCK_TICKETS, anchor_id, list(tickets))
    anchor = await load_by_id(connection, anchor_id, lock=True)
    incident = _incident(await connection.fetchrow(_LOCK, number))
    if not actor.answers_for(incident.service_point_id):
        raise NotFound(_UNKNOWN)
    if actor.role not in _MAY_ALWAYS and actor.id not in incident.people:
        raise NotFound(_UNKNOWN) if actor.role is Role.ENGINEER else NotAMember()
    return Held(incident, anchor)


def stage_after(incident: Incident, move: Move) -> Stage:
    """Raises IncidentMoved where the table has no such step."""
    stage = moved(incident.state, move)
    if stage is None:
        raise IncidentMoved(
            detail=f"No {move} from {incident.state} ({STAGE_LABELS[incident.state]}).",
            extra={"state": incident.state},
        )
    return stage


def must_be(incident: Incident, stages: frozenset[Stage]) -> None:
    if incident.state not in stages:
        raise IncidentMoved(extra={"state": incident.state})


def _incident(row: asyncpg.Record) -> Incident:
    return Incident(
        **{
            **row,
            "state": Stage(row["state"]),
            "severity": Severity(row["severity"]),
            "members": tuple(row["members"]),
        }
    )

"""A case that somebody wants to change: its ticket is locked first, then the case."""

from dataclasses import dataclass
from datetime import datetime

import asyncpg

from app.domain.actor import Actor
from app.domain.lifecycle import Role
from app.domain.situation import Situation
from app.errors import Conflict, NotFound
from app.models.aftercare import CaseState
from app.services.tickets.load import load_by_id

_TICKET = "SELECT ticket_id FROM complaint_cases WHERE id = $1"
_LOCK = """
SELECT id, state, owner_id::text AS owner, due_at, remedy, remedy_fen, link FROM complaint_cases
 WHERE ticket_id = $1 FOR UPDATE
"""


class CaseClosed(Conflict):
    code, msg = "complaint_closed", "这个投诉已经结案，如有新的问题请重新反映。"


class CaseTaken(Conflict):
    code, msg = "complaint_taken", "这个投诉由同事负责，如需接手请主管改派。"


@dataclass(frozen=True)
class Case:
    id: int
    state: CaseState
    owner: str | None
    due_at: datetime
    remedy: str
    remedy_fen: int
    link: str | None


async def lock_case(connection: asyncpg.Connection, case_id: int, actor: Actor) -> tuple[Situation, Case]:
    """For its owner or a manager. Errors: not_found, complaint_closed, complaint_taken."""
    ticket_id = await connection.fetchval(_TICKET, case_id)
    if ticket_id is None:
        raise NotFound("没有找到这个投诉。")
    s = await load_by_id(connection, ticket_id, lock=True)
    if not actor.answers_for(s.service_point_id):
        raise NotFound("没有找到这个投诉。")
    case = await case_of(connection, s)
    if case is None or case.state is CaseState.CLOSED:
        raise CaseClosed
    if case.owner not in (None, actor.id) and actor.role is Role.AGENT:
        raise CaseTaken
    return s, case


async def case_of(connection: asyncpg.Connection, s: Situation) -> Case | None:
    """The ticket is locked; so is its case from now on."""
    row = await connection.fetchrow(_LOCK, s.id)
    if row is None:
        return None
    return Case(**(dict(row) | {"state": CaseState(row["state"])}))

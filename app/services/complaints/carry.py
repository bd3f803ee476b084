"""A ticket with a complaint is merged into another: the case goes along, or becomes a step of the other's."""

from datetime import datetime

import asyncpg

from app.domain.actor import Actor
from app.domain.situation import Situation
from app.models.aftercare import CaseState, StepKind
from app.services.complaints.case import case_of
from app.services.complaints.steps import Done, add_step

_MOVE = "UPDATE complaint_cases SET ticket_id = $2 WHERE id = $1"
_BACK = "UPDATE complaint_cases SET ticket_id = $2 WHERE id = $1 AND ticket_id = $3"
_FOLD = """
UPDATE complaint_cases SET state = 'closed', outcome = 'settled', closed_at = $2, wake_at = NULL, link = NULL
 WHERE id = $1
"""


async def carry_over(
    connection: asyncpg.Connection, s: Situation, into: Situation, *, actor: Actor, now: datetime
) -> int | None:
    """The id of the case that moved; both tickets are locked."""
    case = await case_of(connection, s)
    if case is None or case.state is CaseState.CLOSED:
        return None
    other = await case_of(connection, into)
    if other is None:
        await connection.execute(_MOVE, case.id, into.id)
        return case.id
    await connection.execute(_FOLD, case.id, now)
    await add_step(connection, case.id, Done(StepKind.CLOSED, f"随工单并入 {into.number}"), actor, now)
    await add_step(connection, other.id, Done(StepKind.HEARD, f"工单 {s.number} 的投诉并入"), actor, now)
    return None


async def carry_back(
    connection: asyncpg.Connection, case_id: int | None, ticket_id: int, from_id: int
) -> None:
    if case_id is not None:
        await connection.execute(_BACK, case_id, ticket_id, from_id)

"""Why a ticket went where it went."""

from datetime import datetime

import asyncpg

from app.domain.actor import Actor
from app.domain.lifecycle import State
from app.schemas.dispatch import CandidateOut, DispatchOut, OfferedOut
from app.services.dispatch.candidates import demand
from app.services.dispatch.excluded import excluded
from app.services.tickets.load import load

_OFFERS = """
SELECT o.engineer_id, s.name, o.state, o.cost_minutes, o.reasons, o.runners_up, o.decline_reason, o.offered_by,
       o.created_at, o.expires_at, o.decided_at
  FROM offers o JOIN staff s ON s.id = o.engineer_id
 WHERE o.ticket_id = $1 ORDER BY o.id
"""


async def explain(connection: asyncpg.Connection, number: str, *, actor: Actor, now: datetime) -> DispatchOut:
    """Offer by offer; and for a job that has nobody yet, who is near and what keeps him away at the moment."""
    s = await load(connection, number, actor)
    wanted = await demand(connection, s, now) if s.state is State.DISPATCHING else None
    return DispatchOut(
        offers=[_offered(row) for row in await connection.fetch(_OFFERS, s.id)],
        excluded=await excluded(connection, wanted) if wanted else [],
    )


def _offered(row: asyncpg.Record) -> OfferedOut:
    return OfferedOut(
        engineer_id=str(row["engineer_id"]),
        name=row["name"],
        state=row["state"],
        cost_minutes=row["cost_minutes"],
        reasons=row["reasons"],
        runners_up=[CandidateOut(**candidate) for candidate in row["runners_up"]],
        decline_reason=row["decline_reason"],
        offered_by=row["offered_by"],
        created_at=row["created_at"],
        expires_at=row["expires_at"],
        decided_at=row["decided_at"],
    )

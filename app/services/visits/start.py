"""Work begins: in warranty, or with a quote that the customer approved."""

import secrets
from dataclasses import replace

from app.domain.situation import Visit, VisitState
from app.models.visits import OF_BOTH
from app.schemas.transitions import Start
from app.services.tickets.change import Change, Outcome

# From now on the customer has a code of his own, with which he can say that the work is done.
_START = f"""
WITH begun AS (
    UPDATE visits SET state = 'working', started_at = coalesce(started_at, $2),
                      completion_code = CASE WHEN id = $1 THEN coalesce(completion_code, $3) END
     WHERE {OF_BOTH} RETURNING id, completion_code
)
SELECT completion_code FROM begun WHERE id = $1
"""


async def start(change: Change, _: Start) -> Outcome:
    return Outcome(change.before._replace(visit=await begin_work(change)))


async def begin_work(change: Change) -> Visit | None:
    visit = change.before.visit
    if visit is None:
        return None
    code = f"{secrets.randbelow(10**6):06d}"
    kept = await change.connection.fetchval(_START, visit.id, change.now, code)
    return replace(visit, state=VisitState.WORKING, completion_code=kept)

"""End the current visit of a ticket, whichever way."""

from app.domain.situation import VisitState
from app.models.visits import LIVE_VISITS
from app.services.tickets.change import Change

# Ending a visit before its time gives the rest of the planned span back to the engineer's day.
_CLOSE = f"""
UPDATE visits SET state = $2, finished_at = CASE WHEN arrived_at IS NULL THEN NULL ELSE $3::timestamptz END
 WHERE id = $1 AND {LIVE_VISITS}
"""


async def close_visit(change: Change, state: VisitState) -> None:
    """A visit that is over stays as it ended: what happens to the ticket later must not move its times."""
    if change.before.visit is not None:
        await change.connection.execute(_CLOSE, change.before.visit.id, state.value, change.now)

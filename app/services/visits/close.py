"""End the current visit of a ticket, whichever way."""

from dataclasses import replace

from app.domain.situation import Visit, VisitState
from app.models.visits import LIVE_VISITS
from app.services.plans.request import request_plan_for
from app.services.tickets.change import Change

# Ending a visit before its time gives the rest of the planned span back to the engineer's day.
_CLOSE = f"""
UPDATE visits SET state = $2, finished_at = CASE WHEN arrived_at IS NULL THEN NULL ELSE $3::timestamptz END,
       ended_seq = $4
 WHERE (id = $1 OR accompanies = $1) AND {LIVE_VISITS}
RETURNING id, engineer_id::text
"""
# What a visit that does not take place leaves behind is a gap for others.
_FREED = {
    VisitState.RESCHEDULED: "改约",
    VisitState.CANCELLED: "取消或改派",
    VisitState.ENGINEER_NO_SHOW: "工程师未到",
}


async def close_visit(change: Change, state: VisitState) -> Visit | None:
    """The visit as it ended. One that was over stays so: what happens later must not move its times."""
    visit = change.before.visit
    if visit is None:
        return None
    # The event that ends it is the one being carried out, and comes next.
    seq = change.before.seq + 1
    closed = await change.connection.fetch(_CLOSE, visit.id, state.value, change.now, seq)
    for row in closed if visit.departed_at is None else ():
        await request_plan_for(
            change.connection,
            row["engineer_id"],
            visit.window.start,
            now=change.now,
            cause=_FREED.get(state, "上门结束"),
        )
    return replace(visit, state=state) if closed else visit

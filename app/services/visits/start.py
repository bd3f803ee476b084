"""Work begins: in warranty, or with a quote that the customer approved."""

from dataclasses import replace

from app.domain.situation import Visit, VisitState
from app.schemas.transitions import Start
from app.services.tickets.change import Change, Outcome

_START = "UPDATE visits SET state = 'working', started_at = coalesce(started_at, $2) WHERE id = $1"


async def start(change: Change, _: Start) -> Outcome:
    return Outcome(replace(change.before, visit=await begin_work(change)))


async def begin_work(change: Change) -> Visit | None:
    visit = change.before.visit
    if visit is None:
        return None
    await change.connection.execute(_START, visit.id, change.now)
    return replace(visit, state=VisitState.WORKING)

"""Work begins: in warranty, or with a quote that the customer approved."""

from app.schemas.transitions import Start
from app.services.tickets.change import Change, Outcome

_START = "UPDATE visits SET state = 'working', started_at = coalesce(started_at, $2) WHERE id = $1"


async def start(change: Change, _: Start) -> Outcome:
    await begin_work(change)
    return Outcome(change.before)


async def begin_work(change: Change) -> None:
    if change.before.visit is not None:
        await change.connection.execute(_START, change.before.visit.id, change.now)

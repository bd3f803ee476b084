"""The engineer sets out."""

from dataclasses import replace

from app.domain.situation import VisitState
from app.schemas.transitions import Depart
from app.services.tickets.change import Change, Outcome

_DEPART = "UPDATE visits SET state = 'en_route', departed_at = $2 WHERE id = $1"


async def depart(change: Change, body: Depart) -> Outcome:
    s = change.before
    visit = s.visit and replace(s.visit, state=VisitState.EN_ROUTE, departed_at=change.now)
    await change.connection.execute(_DEPART, visit and visit.id, change.now)
    return Outcome(replace(s, visit=visit), data=body.model_dump(include={"latitude", "longitude"}))

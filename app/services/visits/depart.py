"""The engineer sets out; from then on the customer sees when he is expected."""

from dataclasses import replace

from app.domain.situation import VisitState
from app.domain.travel import Point, expected_at
from app.models.visits import OF_BOTH
from app.schemas.transitions import Depart
from app.services.tickets.change import Change, Outcome
from app.services.visits.book import position

_DEPART = f"""
UPDATE visits SET state = 'en_route', departed_at = $2, eta = $3, eta_at = $4 WHERE {OF_BOTH}
"""


async def depart(change: Change, body: Depart) -> Outcome:
    s, now = change.before, change.now
    there = position(s)
    eta = None
    if there and body.latitude is not None and body.longitude is not None:
        eta = expected_at(Point(body.latitude, body.longitude), there, now)
    eta_at = now if eta else None
    visit = s.visit and replace(s.visit, state=VisitState.EN_ROUTE, departed_at=now, eta=eta, eta_at=eta_at)
    await change.connection.execute(_DEPART, visit and visit.id, now, eta, eta_at)
    return Outcome(replace(s, visit=visit), data=body.model_dump(include={"latitude", "longitude"}))

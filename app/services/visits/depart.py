"""The engineer sets out; from then on the customer sees when he is expected."""

from dataclasses import replace

from app.domain.situation import VisitState
from app.domain.travel import expected_at
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
    here = body.point()
    eta = expected_at(here, there, now) if here and there else None
    eta_at = now if eta else None
    visit = s.visit and replace(s.visit, state=VisitState.EN_ROUTE, departed_at=now, eta=eta, eta_at=eta_at)
    await change.connection.execute(_DEPART, visit and visit.id, now, eta, eta_at)
    place = {"latitude": here.lat if here else None, "longitude": here.lng if here else None}
    return Outcome(s._replace(visit=visit), data=place)

"""The engineer is at the door: within 500 metres of the address, or with the customer's own code."""

from dataclasses import replace
from hmac import compare_digest

from app.domain.situation import Situation, VisitState
from app.domain.travel import Point, great_circle_km
from app.errors import Conflict
from app.models.visits import OF_BOTH
from app.schemas.transitions import Arrive
from app.services.tickets.change import Change, Outcome

NEAR_KM = 0.5

_ARRIVE = f"""
UPDATE visits SET state = 'arrived', arrived_at = $2, eta = NULL, eta_at = NULL WHERE {OF_BOTH}
"""


class NotThere(Conflict):
    code, msg = "not_there", "定位离客户地址超过 500 米，请到达后再试，或请客户出示核销码。"


class WrongCode(Conflict):
    code, msg = "wrong_code", "核销码不正确，请与客户核对。"


async def arrive(change: Change, body: Arrive) -> Outcome:
    s = change.before
    proof = _proof(s, body)
    visit = s.visit and replace(
        s.visit, state=VisitState.ARRIVED, arrived_at=change.now, eta=None, eta_at=None
    )
    await change.connection.execute(_ARRIVE, visit and visit.id, change.now)
    return Outcome(replace(s, visit=visit), data={"proof": proof})


def _proof(s: Situation, body: Arrive) -> str:
    if body.code is not None:
        if s.visit is None or not compare_digest(body.code, s.visit.arrival_code):
            raise WrongCode
        return "code"
    place = s.address
    if place is None or place.latitude is None or place.longitude is None:
        raise NotThere("这个地址没有定位，请客户出示核销码。")
    here = Point(body.latitude or 0.0, body.longitude or 0.0)
    if great_circle_km(here, Point(place.latitude, place.longitude)) > NEAR_KM:
        raise NotThere
    return "position"

"""The engineer is at the door: within 500 metres of the address, or with the customer's own code."""

from dataclasses import replace
from hmac import compare_digest

from app.domain.situation import VisitState
from app.domain.travel import Point, great_circle_km
from app.errors import Conflict
from app.models.visits import OF_BOTH
from app.schemas.transitions import Arrive
from app.services.tickets.change import Change, Counted, Outcome

NEAR_KM = 0.5
MAX_ATTEMPTS = 5

_GUESS = """
UPDATE visits SET arrival_attempts = arrival_attempts + 1 WHERE id = $1 AND arrival_attempts < $2 RETURNING arrival_code
"""
_ARRIVE = f"""
UPDATE visits SET state = 'arrived', arrived_at = $2, eta = NULL, eta_at = NULL WHERE {OF_BOTH}
"""


class NotThere(Conflict):
    code, msg = "not_there", "定位离客户地址超过 500 米，请到达后再试，或请客户出示核销码。"


class WrongCode(Conflict, Counted):
    code, msg = "wrong_code", "核销码不正确，请与客户核对。"


class TooManyAttempts(Conflict):
    code, msg = "too_many_attempts", "核销码已输错 5 次，请在客户地址附近用定位签到，或联系调度改约。"


async def arrive(change: Change, body: Arrive) -> Outcome:
    s = change.before
    proof = await _proof(change, body)
    visit = s.visit and replace(
        s.visit, state=VisitState.ARRIVED, arrived_at=change.now, eta=None, eta_at=None
    )
    await change.connection.execute(_ARRIVE, visit and visit.id, change.now)
    return Outcome(s._replace(visit=visit), data={"proof": proof})


async def _proof(change: Change, body: Arrive) -> str:
    if body.code is not None:
        await _guess(change, body.code)
        return "code"
    place = change.before.address
    if place is None or place.latitude is None or place.longitude is None:
        raise NotThere("这个地址没有定位，请客户出示核销码。")
    here = body.point()
    if here is None or great_circle_km(here, Point(place.latitude, place.longitude)) > NEAR_KM:
        raise NotThere
    return "position"


async def _guess(change: Change, said: str) -> None:
    """Who may guess as often as he likes has all million codes in a day."""
    visit = change.before.visit
    code = await change.connection.fetchval(_GUESS, visit and visit.id, MAX_ATTEMPTS)
    if code is None:
        raise TooManyAttempts
    if not compare_digest(said, code):
        raise WrongCode

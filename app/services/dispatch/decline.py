"""The engineer does not take the job, or lets the offer run out; it goes to the next."""

from app.domain.situation import OfferState
from app.schemas.transitions import Decline, Step
from app.services.dispatch.settle import settle_offer
from app.services.tickets.change import Change, Outcome


async def decline(change: Change, body: Step) -> Outcome:
    s = change.before
    reason = body.reason_code if isinstance(body, Decline) else "timeout"
    note = body.note if isinstance(body, Decline) else ""
    state = OfferState.DECLINED if isinstance(body, Decline) else OfferState.EXPIRED
    await settle_offer(change, state, reason)
    engineer_id = s.offer.engineer_id if s.offer else ""
    after = s._replace(offer=None, declined_by=(*s.declined_by, engineer_id))
    return Outcome(after, data={"reason_code": reason, "note": note, "engineer_id": engineer_id})

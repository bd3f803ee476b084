"""End a ticket before the work is done; whatever was held for it is let go."""

from app.domain.call_out import empty_trip_in_words, fee_in_words
from app.domain.empty_trip import Due, cancelled_on_the_way
from app.domain.lifecycle import Role, State
from app.domain.situation import OfferState, VisitState
from app.schemas.transitions import Cancel
from app.services.dispatch.settle import settle_offer
from app.services.parts.reserved import release_parts
from app.services.quotes.inspection import charge_inspection
from app.services.quotes.void import void_quote
from app.services.tickets.change import Change, Outcome
from app.services.visits.close import close_visit
from app.services.visits.empty_trip import charge_empty_trip

REASONS = {
    "changed_mind": "不需要了",
    "solved_itself": "问题已自行解决",
    "too_slow": "等待太久",
    "price": "价格原因",
    "duplicate": "重复报修",
    "other": "其他原因",
}


async def cancel(change: Change, body: Cancel) -> Outcome:
    # Whoever cancels what was quoted to him declines it; when we cancel, having come was our affair.
    fee = await charge_inspection(change) if change.actor.role is Role.CUSTOMER else 0
    trip = await _came_in_vain(change, body)
    await let_go(change)
    after = change.before._replace(visit=None, offer=None, quote=None, closed_at=change.now)
    text = f"已取消：{REASONS[body.reason_code]}{fee_in_words(fee)}{empty_trip_in_words(trip.fee_fen)}"
    data = {"reason_code": body.reason_code, "note": body.note, "call_out_fen": fee}
    if change.before.state is State.EN_ROUTE:
        data |= {"empty_trip_fen": trip.fee_fen, "empty_trip_why": trip.why}
    return Outcome(after, text, data)


async def _came_in_vain(change: Change, body: Cancel) -> Due:
    """Only the desk cancels when the engineer is on his way, and only the customer's own wish costs him something."""
    s = change.before
    if s.state is not State.EN_ROUTE or s.visit is None:
        return Due(0, "")
    due = cancelled_on_the_way(s.call_out, body.reason_code)
    if due.fee_fen:
        await charge_empty_trip(change, s.visit, due.fee_fen)
    return due


async def let_go(change: Change) -> None:
    await close_visit(change, VisitState.CANCELLED)
    await settle_offer(change, OfferState.WITHDRAWN)
    await void_quote(change)
    await release_parts(change)

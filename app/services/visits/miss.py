"""A visit that did not happen: nobody at home, or no engineer at the door."""

from datetime import datetime

from app.domain.call_out import empty_trip_in_words
from app.domain.empty_trip import Called, empty_trip_due
from app.domain.notices import Notice, staff_notice
from app.domain.situation import Purpose, Situation, VisitState
from app.errors import InvalidInput
from app.schemas.common import mask_phone
from app.schemas.transitions import CallIn, NoAccess, Step
from app.services.attachments.attach import attach
from app.services.tickets.change import Change, Outcome
from app.services.tickets.managers import managers_of
from app.services.visits.close import close_visit
from app.services.visits.empty_trip import charge_empty_trip

# So many visits in vain are more than bad luck: the managers look at it before there is another one.
IN_VAIN = 3

_IN_VAIN = "SELECT count(*) FROM visits WHERE ticket_id = $1 AND state = 'no_access' AND accompanies IS NULL"


async def no_access(change: Change, body: NoAccess) -> Outcome:
    """Needs a photo of the door and two calls, so that nobody is told "not at home" who was.

    The visit stays with the ticket until another is agreed: so long it is the customer's turn, and the clock of
    the resolution rests.
    """
    s = change.before
    calls = [call if isinstance(call, CallIn) else CallIn(at=call) for call in body.calls]
    _made_on_this_way(change, calls)
    photos = await attach(
        change.connection,
        ids=body.attachment_ids,
        ticket_id=s.id,
        actor=change.actor,
        purpose=Purpose.NO_ACCESS,
    )
    visit = await close_visit(change, VisitState.NO_ACCESS)
    in_vain: int = await change.connection.fetchval(_IN_VAIN, s.id)
    made = [Called(call.at, call.result) for call in calls]
    fee = empty_trip_due(s.call_out, visit.window if visit else None, made, photos=len(photos))
    if visit and fee.fee_fen:
        await charge_empty_trip(change, visit, fee.fee_fen)
    data = {
        "calls": [_kept(call, s) for call in calls],
        "attachment_ids": [photo.id for photo in photos],
        "in_vain": in_vain,
        "empty_trip_fen": fee.fee_fen,
        "empty_trip_why": fee.why,
    }
    notices = await _raised(change, in_vain) if in_vain >= IN_VAIN else ()
    after = s._replace(visit=visit).with_photos(photos)
    yuan = f"{fee.fee_fen / 100:g}"
    return Outcome(
        after,
        f"工程师到访未遇{empty_trip_in_words(fee.fee_fen)}" if fee.fee_fen else "",
        data,
        notices,
        f"到访未遇，收空跑费{yuan}元，请重新约" if fee.fee_fen else "",
    )


def _made_on_this_way(change: Change, calls: list[CallIn]) -> None:
    visit = change.before.visit
    departed = visit.departed_at if visit else None
    if departed and any(not departed <= call.at <= change.now for call in calls):
        raise InvalidInput.at("body.calls", "通话时间要在出发之后、现在之前。", "out_of_range")


def _kept(call: CallIn, s: Situation) -> dict[str, str | int | datetime]:
    phone = mask_phone(call.phone or s.contact_phone)
    return {"at": call.at, "phone_masked": phone, "seconds": call.seconds, "result": call.result}


async def _raised(change: Change, in_vain: int) -> tuple[Notice, ...]:
    s = change.before
    said = f"已第{in_vain}次上门未遇，请与客户联系"
    return tuple(
        staff_notice(s, manager, matter=s.service, level="预警", hint=said, at=change.now)
        for manager in await managers_of(change.connection, s)
    )


async def engineer_no_show(change: Change, _: Step) -> Outcome:
    await close_visit(change, VisitState.ENGINEER_NO_SHOW)
    data = {"engineer_id": change.before.engineer_id}
    return Outcome(change.before._replace(visit=None), data=data)

"""A visit that did not happen: nobody at home, or no engineer at the door."""

from dataclasses import replace

from app.domain.situation import Purpose, VisitState
from app.errors import InvalidInput
from app.schemas.transitions import NoAccess, Step
from app.services.attachments.attach import attach
from app.services.tickets.change import Change, Outcome
from app.services.visits.close import close_visit


async def no_access(change: Change, body: NoAccess) -> Outcome:
    """Needs a photo of the door and two calls, so that nobody is told "not at home" who was."""
    s = change.before
    departed = s.visit.departed_at if s.visit else None
    if departed and any(not departed <= call <= change.now for call in body.calls):
        raise InvalidInput.at("body.calls", "通话时间要在出发之后、现在之前。", "out_of_range")
    photos = await attach(
        change.connection,
        ids=body.attachment_ids,
        ticket_id=s.id,
        actor=change.actor,
        purpose=Purpose.NO_ACCESS,
    )
    await close_visit(change, VisitState.NO_ACCESS)
    return Outcome(replace(s, visit=None).with_photos(photos), data={"calls": body.calls})


async def engineer_no_show(change: Change, _: Step) -> Outcome:
    await close_visit(change, VisitState.ENGINEER_NO_SHOW)
    data = {"engineer_id": change.before.engineer_id}
    return Outcome(replace(change.before, visit=None), data=data)

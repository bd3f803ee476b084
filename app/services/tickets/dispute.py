"""The customer says that it does not work: back to dispatch, with his reason and photos."""

from app.domain.situation import Purpose
from app.schemas.transitions import Dispute
from app.services.attachments.attach import attach
from app.services.dispatch.release import release
from app.services.follow_ups.plan import withdraw_follow_up
from app.services.tickets.change import Change, Outcome
from app.services.warranties.decide import as_rework
from app.services.warranties.legal import watch


async def dispute(change: Change, body: Dispute) -> Outcome:
    s = change.before
    photos = await attach(
        change.connection,
        ids=body.attachment_ids,
        ticket_id=s.id,
        actor=change.actor,
        purpose=Purpose.DISPUTE,
    )
    after = (await release(change))._replace(reopened=s.reopened + 1, completed_at=None)
    # The charge was made with the first completion.
    after = await as_rework(change.connection, after)
    await watch(change.connection, after, change.now)
    await withdraw_follow_up(change.connection, s, change.now)
    return Outcome(after.with_photos(photos), f"客户反馈未解决：{body.reason}", {"reason": body.reason})

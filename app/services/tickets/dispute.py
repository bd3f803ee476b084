"""The customer says that it does not work: back to dispatch, with his reason and photos."""

from dataclasses import replace

from app.domain.situation import Purpose
from app.schemas.transitions import Dispute
from app.services.attachments.attach import attach
from app.services.dispatch.release import release
from app.services.tickets.change import Change, Outcome


async def dispute(change: Change, body: Dispute) -> Outcome:
    s = change.before
    await attach(
        change.connection,
        ids=body.attachment_ids,
        ticket_id=s.id,
        actor=change.actor,
        purpose=Purpose.DISPUTE,
    )
    after = replace(await release(change), reopened=s.reopened + 1, completed_at=None)
    return Outcome(after, f"客户反馈未解决：{body.reason}", {"reason": body.reason})

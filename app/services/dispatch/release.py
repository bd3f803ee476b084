"""Take a ticket from its engineer and back to dispatch; his visit ends."""

from app.domain.situation import Situation, VisitState
from app.services.parts.reserved import release_parts
from app.services.quotes.void import void_quote
from app.services.tickets.change import Change
from app.services.visits.close import close_visit


async def release(change: Change, *, keep_quote: bool = False) -> Situation:
    s = change.before
    done = s.completed_at is not None
    await close_visit(change, VisitState.DONE if done else VisitState.CANCELLED)
    if not keep_quote:
        await void_quote(change)
    await release_parts(change)
    return s._replace(
        engineer=None,
        companion=None,
        visit=None,
        offer=None,
        quote=s.quote if keep_quote else None,
        rebooked_by_customer=0,
    )

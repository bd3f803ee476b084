"""End a visit that goes nowhere and find somebody else; what was fitted and approved stays on record."""

from app.schemas.transitions import AbortVisit, Step
from app.services.dispatch.release import release
from app.services.tickets.change import Change, Outcome


async def abort_visit(change: Change, body: Step) -> Outcome:
    reason = body.reason if isinstance(body, AbortVisit) else "长时间没有进展"
    after = await release(change, keep_quote=True)
    return Outcome(after._replace(quote=change.before.quote), data={"reason": reason})

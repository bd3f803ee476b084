"""The same fault within 30 days: free rework, credited to the engineer who worked first."""

from dataclasses import replace

from app.domain.situation import Warranty
from app.schemas.transitions import Reopen
from app.services.dispatch.release import release
from app.services.tickets.change import Change, Outcome


async def reopen(change: Change, body: Reopen) -> Outcome:
    s = change.before
    after = replace(
        await release(change),
        reopened=s.reopened + 1,
        completed_at=None,
        closed_at=None,
        # Rework costs the customer nothing, whatever the warranty of the appliance says; but where nothing
        # was ever finished, there is nothing to do over.
        warranty=Warranty.IN if s.completed_at else s.warranty,
    )
    data = {"reason": body.reason, "first_engineer": s.engineer_id}
    return Outcome(after, f"故障复发，申请返修：{body.reason}", data)

"""The same fault within 30 days: free rework, credited to the engineer who worked first."""

from app.schemas.transitions import Reopen
from app.services.dispatch.release import release
from app.services.follow_ups.plan import withdraw_follow_up
from app.services.membership.award import take_back_confirmed
from app.services.tickets.change import Change, Outcome
from app.services.warranties.decide import as_rework
from app.services.warranties.legal import watch


async def reopen(change: Change, body: Reopen) -> Outcome:
    s = change.before
    after = (await release(change))._replace(reopened=s.reopened + 1, completed_at=None, closed_at=None)
    # Where nothing was ever finished, there is nothing to do over.
    if s.completed_at:
        after = await as_rework(change.connection, after)
    await watch(change.connection, after, change.now)
    await withdraw_follow_up(change.connection, s, change.now)
    await take_back_confirmed(change.connection, s.id, change.now)
    data = {"reason": body.reason, "first_engineer": s.engineer_id}
    return Outcome(after, f"故障复发，申请返修：{body.reason}", data)

"""A job that could not be done: say so, try once more, or end it."""

from app.domain.follow_up.rules import Cause
from app.domain.situation import VisitState
from app.schemas.transitions import AcceptFail, Fail, FollowUp
from app.services.dispatch.release import release
from app.services.evidence.seal import seal_evidence
from app.services.follow_ups.plan import plan_follow_up, withdraw_follow_up
from app.services.parts.reserved import release_parts
from app.services.tickets.change import Change, Outcome
from app.services.visits.close import close_visit
from app.services.warranties.legal import watch

REASONS = {
    "beyond_repair": "无维修价值",
    "parts_discontinued": "配件停产",
    "customer_refused": "客户不愿维修",
    "unsafe": "现场不具备安全条件",
    "other": "其他原因",
}


async def fail(change: Change, body: Fail) -> Outcome:
    visit = await close_visit(change, VisitState.DONE)
    await release_parts(change)
    await plan_follow_up(change, Cause.UNRESOLVED)
    note = f"（{body.note}）" if body.note else ""
    data = {"reason_code": body.reason_code, "note": body.note}
    return Outcome(change.before._replace(visit=visit), f"未能修复：{REASONS[body.reason_code]}{note}", data)


async def follow_up(change: Change, body: FollowUp) -> Outcome:
    await withdraw_follow_up(change.connection, change.before, change.now)
    after = await release(change)
    # A repair that was given up counts as one that failed.
    await watch(change.connection, after, change.now)
    return Outcome(after, data={"note": body.note})


async def accept_fail(change: Change, body: AcceptFail) -> Outcome:
    data = {"note": body.note} | await seal_evidence(change)
    return Outcome(change.before._replace(closed_at=change.now), data=data)

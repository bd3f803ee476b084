"""Solve a ticket without a visit: payment, coupons, complaints, questions, and faults that a task force removed."""

from dataclasses import replace

from app.domain.lifecycle import State
from app.domain.receipt import Finished
from app.domain.situation import OfferState, Situation
from app.schemas.transitions import ResolveRemote
from app.services.conversations.survey import ask_after
from app.services.dispatch.release import release
from app.services.dispatch.settle import settle_offer
from app.services.receipts.issue import issue_receipt
from app.services.tickets.change import Change, Outcome
from app.services.tickets.complete import Work, complete


async def resolve_remote(change: Change, body: ResolveRemote) -> Outcome:
    s = await _nobody_comes(change)
    change = replace(change, before=s)
    fault = s.diagnosis.fault or "remote"
    await complete(change, Work(fault, body.solution))
    await issue_receipt(change, Finished(change.now, fault, body.solution, (), 0))
    text = f"已远程解决：{body.solution}"
    asked = await ask_after(change.connection, s, change.now)
    return Outcome(s._replace(completed_at=change.now), text, {"solution": body.solution}, asked)


async def _nobody_comes(change: Change) -> Situation:
    """Whoever was asked to come, or has agreed to, is free again."""
    s = change.before
    if s.state is State.SUBMITTED:
        return s
    await settle_offer(change, OfferState.WITHDRAWN)
    return (await release(change))._replace(missing=())

"""Solve a ticket without a visit: payment, coupons, complaints, questions."""

from dataclasses import replace

from app.domain.receipt import Finished
from app.schemas.transitions import ResolveRemote
from app.services.conversations.survey import ask_after
from app.services.receipts.issue import issue_receipt
from app.services.tickets.change import Change, Outcome
from app.services.tickets.complete import Work, complete


async def resolve_remote(change: Change, body: ResolveRemote) -> Outcome:
    s = change.before
    fault = s.diagnosis.fault or "remote"
    await complete(change, Work(fault, body.solution))
    await issue_receipt(change, Finished(change.now, fault, body.solution, (), 0))
    text = f"已远程解决：{body.solution}"
    asked = await ask_after(change.connection, s, change.now)
    return Outcome(replace(s, completed_at=change.now), text, {"solution": body.solution}, asked)

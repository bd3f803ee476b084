"""Solve a ticket without a visit: payment, coupons, complaints, questions."""

from dataclasses import replace

from app.schemas.transitions import ResolveRemote
from app.services.conversations.survey import ask_after
from app.services.tickets.change import Change, Outcome
from app.services.tickets.complete import Work, complete


async def resolve_remote(change: Change, body: ResolveRemote) -> Outcome:
    s = change.before
    await complete(change, Work(s.diagnosis.fault or "remote", body.solution))
    text = f"已远程解决：{body.solution}"
    asked = await ask_after(change.connection, s, change.now)
    return Outcome(replace(s, completed_at=change.now), text, {"solution": body.solution}, asked)

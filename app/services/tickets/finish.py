"""Finish the job: evidence, parts, old parts, and a charge that is never above what the customer approved."""

from app.domain.receipt import Finished
from app.domain.situation import Situation, VisitState
from app.errors import InvalidInput
from app.schemas.transitions import Finish
from app.services.parts.names import named
from app.services.parts.use import use_parts
from app.services.receipts.issue import issue_receipt
from app.services.tickets.change import Change, Outcome
from app.services.tickets.complete import Work, complete
from app.services.visits.close import close_visit
from app.services.warranties.warrant_work import warrant_work


async def finish(change: Change, body: Finish) -> Outcome:
    s = change.before
    _as_approved(s, body)
    parts = await named(change.connection, body.parts)
    body = body.model_copy(update={"parts": parts})
    work = Work(body.fault_code, body.solution, parts, body.old_parts, body.charge_fen)
    await complete(change, work)
    quote = s.quote if s.quote_approved else None
    await warrant_work(change, agreed=quote.lines if quote else (), parts=[part.name for part in body.parts])
    await issue_receipt(change, _finished(change, body))
    visit = await close_visit(change, VisitState.DONE)
    await use_parts(change, parts, body.old_parts)
    data = {
        "fault_code": body.fault_code,
        "charge_fen": body.charge_fen,
        "charge_reason": body.charge_reason,
        "old_parts": body.old_parts,
    }
    return Outcome(s._replace(visit=visit, completed_at=change.now), f"维修完成：{body.solution}", data)


def _finished(change: Change, body: Finish) -> Finished:
    quote = change.before.quote if change.before.quote_approved else None
    return Finished(
        at=change.now,
        fault_code=body.fault_code,
        done=body.solution,
        agreed=quote.lines if quote else (),
        charge_fen=body.charge_fen,
        charge_reason=body.charge_reason,
        parts=[part.model_dump() for part in body.parts],
        old_parts=body.old_parts,
    )


def _as_approved(s: Situation, body: Finish) -> None:
    """Never more than the customer approved; less only with a reason."""
    approved = f"{s.approved_fen / 100:.2f}"
    if body.charge_fen > s.approved_fen:
        msg = f"收费不能超过客户同意的报价（{approved} 元）。"
        raise InvalidInput.at("body.charge_fen", msg, "charge_above_approved")
    if body.charge_fen < s.approved_fen and not body.charge_reason:
        msg = f"收费须与客户同意的报价一致（{approved} 元）；少收请填写原因（charge_reason）。"
        raise InvalidInput.at("body.charge_fen", msg, "charge_differs")

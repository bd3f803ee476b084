"""Finish the job: evidence, parts, old parts, and a charge that equals what the customer approved."""

from dataclasses import replace

from app.domain.situation import VisitState
from app.errors import InvalidInput
from app.schemas.transitions import Finish
from app.services.tickets.change import Change, Outcome
from app.services.tickets.complete import Work, complete
from app.services.visits.close import close_visit


async def finish(change: Change, body: Finish) -> Outcome:
    s = change.before
    if body.charge_fen != s.approved_fen:
        approved = f"{s.approved_fen / 100:.2f}"
        raise InvalidInput.at(
            "body.charge_fen", f"收费须与客户同意的报价一致（{approved} 元）。", "charge_differs"
        )
    work = Work(body.fault_code, body.solution, body.parts, body.old_parts, body.charge_fen)
    await complete(change, work)
    visit = await close_visit(change, VisitState.DONE)
    data = {"fault_code": body.fault_code, "charge_fen": body.charge_fen, "old_parts": body.old_parts}
    return Outcome(replace(s, visit=visit, completed_at=change.now), f"维修完成：{body.solution}", data)

"""The customer says that it works, or says nothing for two days."""

from app.domain.lifecycle import Role
from app.domain.membership.rules import Reason
from app.schemas.transitions import Step
from app.services.evidence.seal import seal_evidence
from app.services.membership.award import award_ticket
from app.services.tickets.change import Change, Outcome


async def confirm(change: Change, _: Step) -> Outcome:
    text = "48 小时未反馈，系统自动确认" if change.actor.role is Role.SYSTEM else ""
    data = {"automatic": change.actor.role is Role.SYSTEM} | await seal_evidence(change)
    s = change.before
    if change.actor.role is Role.CUSTOMER and s.on_site:
        await award_ticket(
            change.connection, Reason.CONFIRMED, s.id, s.customer_id, now=change.now, seq=s.seq + 1
        )
    return Outcome(s, text, data)

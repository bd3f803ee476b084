"""Take a ticket in: decide the warranty, with its reason, and pass the job on to dispatch."""

from app.domain.situation import Situation
from app.domain.triage import on_site, required_licences, required_skill, standard_minutes
from app.errors import InvalidInput
from app.schemas.transitions import Step, Triage
from app.services.quotes.call_out import with_call_out
from app.services.tickets.change import Change, Outcome
from app.services.warranties.decide import with_decision
from app.services.warranties.legal import watch

_DEMANDS = """
UPDATE tickets SET required_skill = $2, required_licences = $3, standard_minutes = $4 WHERE id = $1
"""


async def triage_ticket(change: Change, body: Step) -> Outcome:
    s = change.before
    if isinstance(body, Triage):
        s = s._replace(priority=body.priority or s.priority)
        if body.category and body.category != s.category:
            s = await _recategorised(change, s, body.category)
    s = await with_decision(change, s, body.warranty if isinstance(body, Triage) else None)
    s = await with_call_out(change, s)
    await watch(change.connection, s, change.now)
    data = {"category": s.category, "priority": s.priority, "warranty": s.warranty, "decision": s.decision}
    return Outcome(s, data=data)


async def _recategorised(change: Change, s: Situation, category: str) -> Situation:
    """Another kind of thing asks for another skill and other licences."""
    if not on_site(s.service_type, category, s.diagnosis.fault):
        raise InvalidInput.at("body.category", "这类问题不需要上门，请由客服远程处理。", "remote_service")
    s = s._replace(
        category=category,
        required_skill=required_skill(category, s.service_type),
        required_licences=tuple(sorted(required_licences(category, s.diagnosis.fault, s.service_type))),
        standard_minutes=standard_minutes(category, s.diagnosis.fault, s.service_type),
    )
    licences = list(s.required_licences)
    await change.connection.execute(_DEMANDS, s.id, s.required_skill, licences, s.standard_minutes)
    return s

"""Take a ticket in: decide the warranty and pass the job on to dispatch."""

from dataclasses import replace
from datetime import date

from app.domain.situation import Situation, Warranty
from app.domain.warranty import decide
from app.domain.zone import ZONE
from app.schemas.transitions import Step, Triage
from app.services.tickets.change import Change, Outcome

_PURCHASE = """
SELECT a.purchased_on, p.warranty_months
  FROM assets a LEFT JOIN products p ON p.brand = a.brand AND p.model = a.model
 WHERE a.id = $1::uuid
"""


async def triage_ticket(change: Change, body: Step) -> Outcome:
    s = change.before
    if isinstance(body, Triage):
        s = replace(
            s,
            category=body.category or s.category,
            priority=body.priority or s.priority,
            warranty=body.warranty or s.warranty,
        )
    if s.warranty is Warranty.UNKNOWN:
        s = replace(s, warranty=await _warranty(change, s))
    return Outcome(s, data={"category": s.category, "priority": s.priority, "warranty": s.warranty})


async def _warranty(change: Change, s: Situation) -> Warranty:
    row = await change.connection.fetchrow(_PURCHASE, s.asset_id) if s.asset_id else None
    if row is None:
        return Warranty.UNKNOWN
    purchased: date | None = row["purchased_on"]
    return decide(purchased, row["warranty_months"], change.now.astimezone(ZONE).date())

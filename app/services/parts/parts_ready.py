"""The parts are there; a new appointment can be made."""

from app.schemas.transitions import Step
from app.services.tickets.change import Change, Outcome

_ARRIVED = """
UPDATE part_orders SET arrived_at = $2, state = 'arrived'
 WHERE ticket_id = $1 AND state IN ('ordered', 'shipped', 'backordered')
"""


async def parts_ready(change: Change, _: Step) -> Outcome:
    await change.connection.execute(_ARRIVED, change.before.id, change.now)
    return Outcome(change.before._replace(parts_due=None, awaited=()))

"""An engineer takes a job from the pool. Seeing it there means that he qualifies; the row lock means that
only one can have it."""

from app.schemas.transitions import Claim
from app.services.dispatch.engineer import engineer_card
from app.services.tickets.change import Change, Outcome

_CLAIM = """
INSERT INTO offers (ticket_id, engineer_id, state, reasons, runners_up, offered_by, created_at, expires_at, decided_at)
VALUES ($1, $2::uuid, 'accepted', '[]', '[]', 'claim', $3, $3, $3)
"""


async def claim(change: Change, _: Claim) -> Outcome:
    engineer = await engineer_card(change.connection, change.actor.id)
    await change.connection.execute(_CLAIM, change.before.id, engineer.id, change.now)
    return Outcome(change.before._replace(engineer=engineer))

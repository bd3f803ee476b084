"""Bring the open offer of a ticket to its end."""

from app.domain.situation import OfferState
from app.services.tickets.change import Change

_SETTLE = """
UPDATE offers SET state = $2, decided_at = $3, decline_reason = $4 WHERE id = $1 AND state = 'open'
"""


async def settle_offer(change: Change, state: OfferState, reason: str | None = None) -> None:
    if change.before.offer is not None:
        await change.connection.execute(_SETTLE, change.before.offer.id, state.value, change.now, reason)

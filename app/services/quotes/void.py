"""A quote that no longer binds anybody."""

from app.domain.situation import QuoteState
from app.services.tickets.change import Change

OPEN = (QuoteState.PENDING, QuoteState.IN_REVIEW, QuoteState.RETURNED)

_VOID = "UPDATE quotes SET state = 'void', decided_at = $2 WHERE id = $1 AND state <> 'approved'"


async def void_quote(change: Change) -> None:
    """Only an open one: what the customer approved stays as he approved it."""
    quote = change.before.quote
    if quote is not None and quote.state in OPEN:
        await change.connection.execute(_VOID, quote.id, change.now)

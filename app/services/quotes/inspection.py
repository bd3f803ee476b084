"""The fee for having come and looked, where the customer does not want what was quoted."""

from app.domain.call_out import due
from app.domain.situation import QuoteState
from app.services.quotes.call_out import call_out_charged
from app.services.receipts.issue import issue_inspection_receipt
from app.services.tickets.change import Change


async def charge_inspection(change: Change) -> int:
    """What was told before the booking, with its receipt; in fen.

    Nothing where it was not told, was charged before, where work goes on or was agreed, or where we never came to
    show a price.
    """
    s = change.before
    first = s.quote is not None and s.quote.state is QuoteState.PENDING and not s.quote.is_variation
    if s.call_out is None or not first or await call_out_charged(change):
        return 0
    fee = due(s.call_out, covered=s.covered, repaired=False)
    if fee:
        await issue_inspection_receipt(change, fee)
    return fee

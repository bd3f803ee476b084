"""The customer decides on the version of the quote that he saw."""

from dataclasses import replace

from app.domain.situation import Quote, QuoteState, VisitState
from app.errors import Conflict
from app.schemas.transitions import ApproveQuote, DeclineQuote, Step
from app.services.tickets.change import Change, Outcome
from app.services.visits.close import close_visit
from app.services.visits.start import begin_work

_REPLACE = "UPDATE quotes SET state = 'void' WHERE ticket_id = $1 AND state = 'approved'"
_DECIDE = "UPDATE quotes SET state = $2, decided_at = $3 WHERE id = $1"


class QuoteChanged(Conflict):
    code, msg = "quote_changed", "报价已更新，请查看最新报价后再决定。"


async def approve_quote(change: Change, body: ApproveQuote) -> Outcome:
    quote = _shown(change, body.quote_version)
    await change.connection.execute(_REPLACE, change.before.id)
    await _decide(change, quote, QuoteState.APPROVED)
    visit = await begin_work(change)
    after = replace(change.before, visit=visit, quote=replace(quote, state=QuoteState.APPROVED))
    return Outcome(after, f"客户同意报价 {quote.total_fen / 100:.2f} 元", {"version": quote.version})


async def decline_quote(change: Change, body: Step) -> Outcome:
    """Silence for three days declines too; the visit is over then."""
    by_hand = isinstance(body, DeclineQuote)
    quote = _shown(change, body.quote_version) if isinstance(body, DeclineQuote) else change.before.quote
    if quote is not None:
        await _decide(change, quote, QuoteState.DECLINED)
    visit = await close_visit(change, VisitState.DONE)
    declined = quote and replace(quote, state=QuoteState.DECLINED)
    after = replace(change.before, visit=visit, quote=declined)
    reason = body.reason if isinstance(body, DeclineQuote) else "72 小时未确认"
    return Outcome(after, "客户未同意报价" if by_hand else "报价逾期未确认", {"reason": reason})


def _shown(change: Change, version: int) -> Quote:
    quote = change.before.quote
    if quote is None or quote.version != version or quote.state is not QuoteState.PENDING:
        raise QuoteChanged
    return quote


async def _decide(change: Change, quote: Quote, state: QuoteState) -> None:
    await change.connection.execute(_DECIDE, quote.id, state.value, change.now)

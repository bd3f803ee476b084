"""The customer decides on the version of the quote that he saw."""

from dataclasses import replace

from app.domain.call_out import fee_in_words
from app.domain.situation import Quote, QuoteState, VisitState
from app.errors import Conflict
from app.schemas.transitions import ApproveQuote, DeclineQuote, DeclineVariation, Step
from app.services.parts.reserved import release_parts
from app.services.quotes.inspection import charge_inspection
from app.services.quotes.read import quote_of
from app.services.tickets.change import Change, Outcome
from app.services.visits.close import close_visit
from app.services.visits.start import begin_work

_REPLACE = "UPDATE quotes SET state = 'void' WHERE ticket_id = $1 AND state = 'approved'"
_DECIDE = "UPDATE quotes SET state = $2, decided_at = $3 WHERE id = $1"


class QuoteChanged(Conflict):
    """``quote`` beside the error says which version is the newest, and what it comes to."""

    code, msg = "quote_changed", "报价已更新，请查看最新报价后再决定。"

    @classmethod
    def to(cls, newest: Quote | None) -> "QuoteChanged":
        return cls(extra={"quote": {"version": newest.version, "state": newest.state} if newest else None})


async def approve_quote(change: Change, body: ApproveQuote) -> Outcome:
    quote = _shown(change, body.quote_version)
    await change.connection.execute(_REPLACE, change.before.id)
    await _decide(change, quote, QuoteState.APPROVED)
    visit = await begin_work(change)
    after = change.before._replace(visit=visit, quote=replace(quote, state=QuoteState.APPROVED))
    return Outcome(after, f"客户同意报价 {quote.total_fen / 100:.2f} 元", {"version": quote.version})


async def decline_quote(change: Change, body: Step) -> Outcome:
    """Silence for three days declines too; the visit is over then, and costs what was told before the booking."""
    fee = await charge_inspection(change)
    quote = await _declined(change, body)
    visit = await close_visit(change, VisitState.DONE)
    await release_parts(change)
    after = change.before._replace(visit=visit, quote=quote)
    text = "报价逾期未确认" if _by_silence(body) else "客户未同意报价"
    return Outcome(after, f"{text}{fee_in_words(fee)}", {"reason": _reason(body), "call_out_fen": fee})


async def decline_variation(change: Change, body: Step) -> Outcome:
    """The additional lines are off, by hand or by silence; the approved quote is the ticket's again."""
    declined = await _declined(change, body)
    if declined is None or declined.base_id is None:
        raise QuoteChanged.to(declined)
    base = await quote_of(change.connection, declined.base_id)
    after = change.before._replace(visit=await begin_work(change), quote=base)
    text = "追加项目逾期未确认，按原报价继续" if _by_silence(body) else "客户不做追加项目，按原报价继续"
    data = {"reason": _reason(body), "version": declined.version, "standing": base.version}
    return Outcome(after, text, data)


async def _declined(change: Change, body: Step) -> Quote | None:
    quote = change.before.quote
    if isinstance(body, DeclineQuote | DeclineVariation):
        quote = _shown(change, body.quote_version)
    if quote is None:
        return None
    await _decide(change, quote, QuoteState.DECLINED)
    return replace(quote, state=QuoteState.DECLINED)


def _by_silence(body: Step) -> bool:
    return not isinstance(body, DeclineQuote | DeclineVariation)


def _reason(body: Step) -> str:
    return body.reason if isinstance(body, DeclineQuote | DeclineVariation) else "72 小时未确认"


def _shown(change: Change, version: int) -> Quote:
    quote = change.before.quote
    if quote is None or quote.version != version or quote.state is not QuoteState.PENDING:
        raise QuoteChanged.to(quote)
    return quote


async def _decide(change: Change, quote: Quote, state: QuoteState) -> None:
    await change.connection.execute(_DECIDE, quote.id, state.value, change.now)

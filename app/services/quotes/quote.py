"""What the work will cost, line by line from the published price table.

A quote during the repair adds to what was approved: its lines are the approved ones and the new ones. Above the
spend limit a manager reviews it before the customer is asked.
"""

from collections.abc import Sequence
from dataclasses import asdict, replace

import orjson

from app.domain.notices import Notice, staff_notice
from app.domain.situation import Quote, QuoteLine, QuoteState
from app.schemas import transitions as bodies
from app.services.quotes.limit import needs_review
from app.services.quotes.price_lines import price_lines
from app.services.quotes.read import quote_of
from app.services.quotes.void import void_quote
from app.services.tickets.change import Change, Outcome
from app.services.tickets.managers import managers_of

_NEXT = "SELECT coalesce(max(version), 0) + 1 FROM quotes WHERE ticket_id = $1"
_INSERT = """
INSERT INTO quotes (ticket_id, version, state, lines, total_fen, engineer_id, base_id, price_list_version, created_at)
VALUES ($1, $2, $3, $4, $5, $6::uuid, $7, $8, $9)
RETURNING id
"""


async def quote(change: Change, body: bodies.Quote) -> Outcome:
    standing = change.before.quote
    base = standing if standing and standing.state is QuoteState.APPROVED else None
    return await _quoted(change, base, body.lines)


async def revise_quote(change: Change, body: bodies.ReviseQuote) -> Outcome:
    """The customer decides on the newest version only; the one before is void."""
    await void_quote(change)
    earlier = change.before.quote
    base = await quote_of(change.connection, earlier.base_id) if earlier and earlier.base_id else None
    return await _quoted(change, base, body.lines)


async def _quoted(change: Change, base: Quote | None, wanted: Sequence[bodies.QuoteLineIn]) -> Outcome:
    agreed = _agreed(base)
    lines = (*agreed, *await price_lines(change, agreed, wanted))
    total = sum(line.amount_fen for line in lines)
    reviewed = await needs_review(change, total)
    version = await change.connection.fetchval(_NEXT, change.before.id)
    state = QuoteState.IN_REVIEW if reviewed else QuoteState.PENDING
    base_id = base.id if base else None
    quote_id = await change.connection.fetchval(
        _INSERT,
        change.before.id,
        version,
        state.value,
        orjson.dumps([asdict(line) for line in lines]).decode(),
        total,
        change.actor.id,
        base_id,
        lines[-1].list_version,
        change.now,
    )
    made = Quote(quote_id, version, state, total, lines, base_id)
    text = "报价已提交，正在由主管复核" if reviewed else f"报价 {total / 100:.2f} 元，请您确认"
    data = {"version": version, "total_fen": total, "in_review": reviewed}
    after = change.before._replace(quote=made)
    return Outcome(after, text, data, await _to_review(change, total) if reviewed else ())


def _agreed(base: Quote | None) -> tuple[QuoteLine, ...]:
    """Approved lines stay as they were approved, whatever the price table says by now."""
    if base is None:
        return ()
    return tuple(replace(line, approved_in=line.approved_in or base.version) for line in base.lines)


async def _to_review(change: Change, total_fen: int) -> tuple[Notice, ...]:
    s, hint = change.before, f"报价 {total_fen / 100:.0f} 元，请复核"
    managers = await managers_of(change.connection, s)
    return tuple(
        staff_notice(s, manager, matter=s.service, level="报价复核", hint=hint, at=change.now)
        for manager in managers
    )

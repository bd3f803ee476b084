"""What the work will cost, line by line from the published price table.

A quote during the repair adds to what was approved: its lines are the approved ones and the new ones.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, replace

import orjson

from app.domain.notices import Notice, staff_notice
from app.domain.situation import Quote, QuoteLine, QuoteState
from app.errors import InvalidInput
from app.schemas import transitions as bodies
from app.services.quotes.void import void_quote
from app.services.tickets.change import Change, Outcome
from app.services.tickets.managers import managers_of

# A manager hears of a quote above this, as long as the customer still thinks it over.
LARGE_FEN = 300_000

_PRICES = """
SELECT code, name, unit_price_fen FROM price_items
 WHERE code = ANY ($1) AND active AND (category = $2 OR category = '')
"""
# What was agreed before the job began anew belongs to the work that was finished then.
_APPROVED = """
SELECT q.lines FROM quotes q
 WHERE q.ticket_id = $1 AND q.state = 'approved'
   AND NOT EXISTS (SELECT FROM ticket_events e WHERE e.ticket_id = q.ticket_id AND e.at > q.decided_at
                      AND e.event IN ('dispute', 'reopen', 'follow_up'))
"""
_NEXT = "SELECT coalesce(max(version), 0) + 1 FROM quotes WHERE ticket_id = $1"
_INSERT = """
INSERT INTO quotes (ticket_id, version, state, lines, total_fen, engineer_id, created_at)
VALUES ($1, $2, 'pending', $3, $4, $5::uuid, $6)
RETURNING id
"""


async def quote(change: Change, body: bodies.Quote) -> Outcome:
    approved = change.before.quote
    base = approved.lines if approved and approved.state is QuoteState.APPROVED else ()
    return await _quoted(change, base, body.lines)


async def revise_quote(change: Change, body: bodies.ReviseQuote) -> Outcome:
    """The customer decides on the newest version only; the one before is void."""
    await void_quote(change)
    approved = await change.connection.fetchval(_APPROVED, change.before.id) or []
    return await _quoted(change, [QuoteLine(**line) for line in approved], body.lines)


async def _quoted(change: Change, base: Sequence[QuoteLine], wanted: Sequence[bodies.QuoteLineIn]) -> Outcome:
    lines = (*base, *await _priced(change, wanted))
    total = sum(line.amount_fen for line in lines)
    version = await change.connection.fetchval(_NEXT, change.before.id)
    document = orjson.dumps([asdict(line) for line in lines]).decode()
    quote_id = await change.connection.fetchval(
        _INSERT, change.before.id, version, document, total, change.actor.id, change.now
    )
    made = Quote(quote_id, version, QuoteState.PENDING, total, lines)
    text = f"报价 {total / 100:.2f} 元，请您确认"
    data = {"version": version, "total_fen": total}
    return Outcome(replace(change.before, quote=made), text, data, await _watched(change, total))


async def _watched(change: Change, total_fen: int) -> tuple[Notice, ...]:
    if total_fen <= LARGE_FEN:
        return ()
    s, hint = change.before, f"报价 {total_fen / 100:.0f} 元，请复核"
    managers = await managers_of(change.connection, s)
    return tuple(
        staff_notice(s, manager, matter=s.service, level="大额报价", hint=hint, at=change.now)
        for manager in managers
    )


async def _priced(change: Change, wanted: Sequence[bodies.QuoteLineIn]) -> list[QuoteLine]:
    quantities: Counter[str] = Counter()
    for line in wanted:
        quantities[line.code] += line.quantity
    rows = await change.connection.fetch(_PRICES, list(quantities), change.before.category)
    prices = {row["code"]: row for row in rows}
    unknown = [code for code in quantities if code not in prices]
    if unknown:
        raise InvalidInput.at(
            "body.lines",
            f"价目表里没有这些项目：{'、'.join(unknown)}，请从价目表中选择。",
            "not_in_price_table",
        )
    return [
        QuoteLine(code, prices[code]["name"], quantity, prices[code]["unit_price_fen"])
        for code, quantity in quantities.items()
    ]

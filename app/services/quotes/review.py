"""A manager looks at a quote above the spend limit, before the customer is asked."""

from dataclasses import replace
from datetime import datetime

import asyncpg

from app.domain.actor import Actor
from app.domain.notices import YOUR_TURN, Notice, progress, staff_notice
from app.domain.situation import Quote, QuoteState, Situation
from app.schemas.quotes import ReviewIn
from app.services.promises.promised import promised
from app.services.quotes.decide_quote import QuoteChanged
from app.services.tickets.load import load
from app.services.tickets.record import Entry, record

_REVIEW = """
UPDATE quotes SET state = $2, reviewed_at = $3, reviewed_by = $4, review_note = $5 WHERE id = $1
"""


async def review_quote(
    connection: asyncpg.Connection, number: str, version: int, body: ReviewIn, *, actor: Actor, now: datetime
) -> Situation:
    """A fact beside the state: from it on it is the customer's turn, or the engineer's again.

    Errors: not_found, quote_changed when this version is not, or no longer, up for review.
    """
    before = await load(connection, number, actor, lock=True)
    quote = before.quote
    if not _up_for_review(before) or quote is None or quote.version != version:
        raise QuoteChanged.to(quote)
    state = QuoteState.PENDING if body.decision == "approve" else QuoteState.RETURNED
    await connection.execute(_REVIEW, quote.id, state.value, now, actor.id, body.note)
    reviewed = replace(quote, state=state, reviewed_at=now, review_note=body.note)
    after = promised(before._replace(seq=before.seq + 1, quote=reviewed), now, before=before)
    entry = Entry("quote_reviewed", _text(reviewed), {"version": version, **body.model_dump()})
    return await record(
        connection, before, after, entry, actor=actor, now=now, notices=_notices(after, reviewed, now)
    )


def _up_for_review(s: Situation) -> bool:
    return s.quote_with_us and s.quote is not None and s.quote.state is QuoteState.IN_REVIEW


def _text(quote: Quote) -> str:
    if quote.state is QuoteState.RETURNED:
        return "主管请工程师修改报价"
    return f"主管已复核，报价 {quote.total_fen / 100:.2f} 元，请您确认"


def _notices(s: Situation, quote: Quote, now: datetime) -> list[Notice]:
    """It becomes the customer's turn once, and he hears of it once; of what goes back he hears nothing."""
    returned = quote.state is QuoteState.RETURNED
    hint = f"请修改报价：{quote.review_note}" if returned else "报价已复核，等客户确认"
    notices = [] if returned else [progress(s, hint=YOUR_TURN)]
    if s.engineer is not None:
        notices.append(staff_notice(s, s.engineer.id, matter=s.service, level="报价复核", hint=hint, at=now))
    return notices

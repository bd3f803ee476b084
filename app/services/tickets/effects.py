"""Which capability is behind which event of the life cycle. ``submit`` makes a ticket and is not here."""

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Any

from app.domain.lifecycle import Event
from app.services.dispatch import accept, claim, decline, offer, reassign
from app.services.parts import need_parts, parts_ready
from app.services.quotes import decide_quote, quote
from app.services.ratings import rate_or_expire
from app.services.tickets import (
    cancel,
    complete_info,
    confirm,
    dispute,
    fail,
    finish,
    merge,
    reject,
    reopen,
    resolve_remote,
    suspend,
    triage,
)
from app.services.tickets.change import Change, Outcome
from app.services.visits import abort, arrive, book, depart, miss, start

# The body's type belongs to its event; the discriminated union of the API has paired them.
Effect = Callable[[Change, Any], Awaitable[Outcome]]

EFFECTS: Mapping[Event, Effect] = MappingProxyType(
    {
        Event.ASK_INFO: complete_info.ask_info,
        Event.SUPPLY_INFO: complete_info.supply_info,
        Event.EXPIRE_INFO: complete_info.expire_info,
        Event.RESOLVE_REMOTE: resolve_remote.resolve_remote,
        Event.REJECT: reject.reject,
        Event.TRIAGE: triage.triage_ticket,
        Event.OFFER: offer.offer,
        Event.CLAIM: claim.claim,
        Event.ACCEPT: accept.accept,
        Event.DECLINE: decline.decline,
        Event.BOOK: book.book,
        Event.REBOOK: book.rebook,
        Event.REASSIGN: reassign.reassign,
        Event.DEPART: depart.depart,
        Event.ARRIVE: arrive.arrive,
        Event.NO_ACCESS: miss.no_access,
        Event.ENGINEER_NO_SHOW: miss.engineer_no_show,
        Event.QUOTE: quote.quote,
        Event.APPROVE_QUOTE: decide_quote.approve_quote,
        Event.DECLINE_QUOTE: decide_quote.decline_quote,
        Event.DECLINE_VARIATION: decide_quote.decline_variation,
        Event.REVISE_QUOTE: quote.revise_quote,
        Event.START: start.start,
        Event.NEED_PARTS: need_parts.need_parts,
        Event.PARTS_READY: parts_ready.parts_ready,
        Event.SUSPEND: suspend.suspend,
        Event.RESUME: suspend.resume,
        Event.FINISH: finish.finish,
        Event.FAIL: fail.fail,
        Event.FOLLOW_UP: fail.follow_up,
        Event.ACCEPT_FAIL: fail.accept_fail,
        Event.CONFIRM: confirm.confirm,
        Event.DISPUTE: dispute.dispute,
        Event.RATE_OR_EXPIRE: rate_or_expire.rate_or_expire,
        Event.REOPEN: reopen.reopen,
        Event.ABORT_VISIT: abort.abort_visit,
        Event.CANCEL: cancel.cancel,
        Event.MERGE: merge.merge,
        Event.UNMERGE: merge.unmerge,
    }
)

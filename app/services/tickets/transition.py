"""The one way from state to state: table, role, owner, guard, effect, record — in one transaction."""

from dataclasses import replace
from datetime import datetime, timedelta

import asyncpg

from app.domain.actor import Actor
from app.domain.guards import Blocker, blockers, concerns
from app.domain.late import done_at, may_be_late
from app.domain.lifecycle import VIEWS, Event, Role, Transition, step
from app.domain.notices import for_transition, hint
from app.domain.situation import Situation
from app.errors import Conflict, FieldError, Forbidden
from app.schemas.transitions import Merge, Step, TransitionIn, Unmerge
from app.services.promises.promised import promised
from app.services.tickets.change import Change, Counted
from app.services.tickets.effects import EFFECTS
from app.services.tickets.family import lock_pair, lock_with_survivor
from app.services.tickets.load import load
from app.services.tickets.record import Entry, StaleVersion, record
from app.services.visits.book import fresh_offers
from app.services.visits.hold import SlotTaken

_NEWEST = "SELECT max(at) FROM ticket_events WHERE ticket_id = $1"


class EventNotPossible(Conflict):
    code, msg = "event_not_possible", "当前状态不能进行此操作，请刷新后再试。"


class EventNotAllowed(Forbidden):
    code, msg = "event_not_allowed", "您不能进行此操作。"


class Blocked(Conflict):
    """The event is possible but something is missing first; each error says what to do next."""

    code = "blocked"

    def __init__(self, found: tuple[Blocker, ...]) -> None:
        errors = [FieldError("event", b.code, b.next_step) for b in found]
        super().__init__(found[0].next_step, errors=errors)


async def transition(
    connection: asyncpg.Connection,
    number: str,
    body: TransitionIn,
    *,
    actor: Actor,
    now: datetime,
    ago: timedelta = timedelta(0),
) -> Situation:
    """Carry out the event that a caller asks for, in a transaction of its own. Errors: not_found, stale_version,
    event_not_possible, event_not_allowed, blocked, and those of the event's own capability.

    ``ago``: how long it was done before it reached us (``app.domain.late``).
    """
    try:
        async with connection.transaction():
            await _lock_both(connection, number, body, actor)
            before = await load(connection, number, actor, lock=True)
            if before.version != body.version:
                raise StaleVersion(extra={"version": before.version, "state": before.state})
            try:
                return await carry_out(await _change(connection, before, body.event, actor, now, ago), body)
            except Counted as refusal:
                refused = refusal
    except SlotTaken as taken:
        raise await fresh_offers(connection, before, taken, now=now) from taken
    raise refused


async def _change(
    connection: asyncpg.Connection,
    before: Situation,
    event: Event,
    actor: Actor,
    now: datetime,
    ago: timedelta,
) -> Change:
    if not may_be_late(event, ago):
        return Change(connection, before, event, actor, now)
    done = done_at(now, ago, await connection.fetchval(_NEWEST, before.id))
    return Change(connection, before, event, actor, done, late=now - done)


async def _lock_both(connection: asyncpg.Connection, number: str, body: TransitionIn, actor: Actor) -> None:
    """Two tickets that change together are locked in one order, whichever was asked for."""
    if isinstance(body, Merge) and (actor.oversees or actor.role is Role.CUSTOMER):
        owner = actor.id if actor.role is Role.CUSTOMER else None
        await lock_pair(connection, number, body.into, owner=owner)
    if isinstance(body, Unmerge) and actor.oversees:
        await lock_with_survivor(connection, number)


async def carry_out(change: Change, body: Step) -> Situation:
    """The rest of a transition, once the ticket is loaded and locked."""
    change = _understood(change)
    before, event, actor, now = change.before, change.event, change.actor, change.now
    taken = _permitted(change)
    outcome = await EFFECTS[event](change, body)
    after = outcome.after._replace(
        state=taken.target, version=before.version + 1, seq=before.seq + 1, entered_at=now
    )
    asked = event is Event.REBOOK and actor.role is Role.CUSTOMER
    after = promised(after, now, before=before, follow=event is Event.REBOOK, anew=asked)
    data = {**outcome.data, **({"late_seconds": int(change.late.total_seconds())} if change.late else {})}
    entry = Entry(event.value, outcome.text or hint(event, after), data)
    notices = for_transition(event, before, after, actor.id, said=outcome.hint) + outcome.notices
    return await record(change.connection, before, after, entry, actor=actor, now=now, notices=notices)


def _understood(change: Change) -> Change:
    """Whoever says no to additional work says nothing about what he agreed to before (ADR 19)."""
    quote = change.before.quote
    if change.event is Event.DECLINE_QUOTE and quote is not None and quote.is_variation:
        return replace(change, event=Event.DECLINE_VARIATION)
    return change


def _permitted(change: Change) -> Transition:
    before, actor = change.before, change.actor
    taken = step(before.state, change.event)
    if taken is None:
        detail = f"No {change.event} from {before.state} ({VIEWS[before.state].name})."
        raise EventNotPossible(detail=detail, extra={"state": before.state, "version": before.version})
    if actor.role not in taken.roles or not concerns(taken, before, actor):
        raise EventNotAllowed
    found = blockers(change.event, before, actor, change.now)
    if found:
        raise Blocked(found)
    return taken


def possible(s: Situation, event: Event, actor: Actor, now: datetime) -> bool:
    """Whether ``carry_out`` would get past the table and the guards."""
    taken = step(s.state, event)
    return taken is not None and actor.role in taken.roles and not blockers(event, s, actor, now)

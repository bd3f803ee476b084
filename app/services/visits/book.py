"""Agree on a window with the customer, and change it."""

from datetime import datetime

import asyncpg

from app.domain.lifecycle import Role
from app.domain.notices import Notice
from app.domain.situation import Situation, VisitState, Window
from app.domain.travel import Point
from app.domain.zone import ZONE
from app.schemas.tickets import WindowIn
from app.schemas.transitions import Book, Rebook
from app.services.dispatch.slots import slots_for
from app.services.tickets.change import Change, Outcome
from app.services.visits.close import close_visit
from app.services.visits.companion import Team, hold_both, lock_team, told
from app.services.visits.hold import SlotTaken, hold, lock_days, look


async def book(change: Change, body: Book) -> Outcome:
    await _look(change, body.window)
    after = await _held(change, body.window, await _team(change, body.window))
    data = {"window": body.window.model_dump()}
    return Outcome(after, f"约定上门时间：{_spoken(after)}", data, _to_companions(change, after))


async def rebook(change: Change, body: Rebook) -> Outcome:
    s = change.before
    await _look(change, body.window)
    team = await _team(change, body.window)
    if s.engineer and s.window and s.crew == 1:
        await lock_days(change.connection, s.engineer.id, s.window, _window(body.window))
    await close_visit(change, VisitState.RESCHEDULED)
    after = await _held(change, body.window, team)
    by_customer = change.actor.role is Role.CUSTOMER
    after = after._replace(rebooked_by_customer=after.rebooked_by_customer + by_customer)
    data = {"window": body.window.model_dump(), "reason_code": body.reason_code}
    text = f"上门时间由{_spoken(s)}改为：{_spoken(after)}"
    return Outcome(after, text, data, _to_companions(change, after))


async def fresh_offers(
    connection: asyncpg.Connection, s: Situation, taken: SlotTaken, *, now: datetime
) -> SlotTaken:
    """The same refusal with what could be had instead.

    Asked for when the transaction is over: whoever comes too late lets go of the day before he looks on.
    """
    slots = await slots_for(connection, s, now=now, named=True)
    return SlotTaken(taken.msg, detail=taken.detail, extra={"slots": [slot.model_dump() for slot in slots]})


async def _look(change: Change, wish: WindowIn) -> None:
    """Most of those who come too late do so by more than a moment: they need not queue for the day."""
    if change.before.engineer and change.before.crew == 1:
        await look(change, change.before.engineer, _window(wish), position(change.before))


async def _team(change: Change, wish: WindowIn) -> Team | None:
    """None if one is enough."""
    return await lock_team(change, _window(wish)) if change.before.crew > 1 else None


async def _held(change: Change, wish: WindowIn, team: Team | None) -> Situation:
    s = change.before
    assert s.engineer is not None, "a ticket is booked with its engineer"  # noqa: S101
    if team is not None:
        visit, companion = await hold_both(change, _window(wish), team)
        return s._replace(visit=visit, companion=companion)
    return s._replace(visit=await hold(change, s.engineer, _window(wish), position(s)))


def _to_companions(change: Change, after: Situation) -> tuple[Notice, ...]:
    """Who comes along hears of it, and who was to come along before and no longer does."""
    was, now = change.before.companion, after.companion
    notices = [told(after, now.id, change, comes=True)] if now else []
    if was and (now is None or was.id != now.id):
        notices.append(told(after, was.id, change, comes=False))
    return tuple(notices)


def _window(wish: WindowIn) -> Window:
    return Window(wish.start, wish.end)


def position(s: Situation) -> Point | None:
    if s.address is None or s.address.latitude is None or s.address.longitude is None:
        return None
    return Point(s.address.latitude, s.address.longitude)


def _spoken(s: Situation) -> str:
    if s.window is None:
        return ""
    start, end = s.window.start.astimezone(ZONE), s.window.end.astimezone(ZONE)
    return f"{start.month}月{start.day}日 {start:%H:%M}–{end:%H:%M}"

"""Agree on a window with the customer, and change it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from app.domain.lifecycle import Role
from app.domain.situation import Situation, VisitState, Window
from app.domain.travel import Point
from app.domain.zone import ZONE
from app.schemas.tickets import WindowIn
from app.schemas.transitions import Book, Rebook
from app.services.dispatch.slots import slots_for
from app.services.tickets.change import Change, Outcome
from app.services.visits.close import close_visit
from app.services.visits.hold import SlotTaken, hold, lock_days


async def book(change: Change, body: Book) -> Outcome:
    async with _or_fresh_offers(change):
        after = await _held(change, body.window)
    return Outcome(after, f"约定上门时间：{_spoken(after)}", {"window": body.window.model_dump()})


async def rebook(change: Change, body: Rebook) -> Outcome:
    s = change.before
    async with _or_fresh_offers(change):
        if s.engineer and s.window:
            await lock_days(change.connection, s.engineer.id, s.window, _window(body.window))
        await close_visit(change, VisitState.RESCHEDULED)
        after = await _held(change, body.window)
    by_customer = change.actor.role is Role.CUSTOMER
    after = replace(after, rebooked_by_customer=after.rebooked_by_customer + by_customer)
    data = {"window": body.window.model_dump(), "reason_code": body.reason_code}
    return Outcome(after, f"上门时间由{_spoken(s)}改为：{_spoken(after)}", data)


@asynccontextmanager
async def _or_fresh_offers(change: Change) -> AsyncIterator[None]:
    """Who comes too late lets go of the day first: those behind him need not wait until he has his answer."""
    try:
        async with change.connection.transaction():
            yield
    except SlotTaken as taken:
        slots = await slots_for(change.connection, change.before, now=change.now, named=True)
        fresh = {"slots": [slot.model_dump() for slot in slots]}
        raise SlotTaken(taken.msg, detail=taken.detail, extra=fresh) from taken


async def _held(change: Change, wish: WindowIn) -> Situation:
    s = change.before
    assert s.engineer is not None, "a ticket is booked with its engineer"  # noqa: S101
    return replace(s, visit=await hold(change, s.engineer, _window(wish), position(s)))


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

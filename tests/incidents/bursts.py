"""Customers who report the same thing, past the API: rows as submit would have left them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Customer, Ticket
from tests.make import make_customer, make_event, make_ticket

DIAGNOSIS: dict[str, Any] = {
    "category": "空调",
    "fault": "制冷制热失效",
    "urgency": "普通",
    "parts": [],
    "prepare": [],
    "advice": [],
    "reasons": [],
    "rules": "",
}


async def report(
    session: AsyncSession, at: datetime, customer: Customer | None = None, **over: Any
) -> Ticket:
    whose = customer or await make_customer(session)
    row = {"diagnosis": DIAGNOSIS, "created_at": at, "entered_at": at, "promised_at": at} | over
    ticket = await make_ticket(session, whose, **row)
    await make_event(session, ticket, 1)
    return ticket


async def usual_fortnight(session: AsyncSession, now: datetime, **over: Any) -> None:
    """One customer every other hour, in the hours of the day that matter now."""
    for days in range(1, 15):
        for hours in (0, 1) if days % 2 else (0,):
            at = now - timedelta(days=days, hours=hours, minutes=20)
            await report(session, at, state="closed", **over)


async def burst(session: AsyncSession, now: datetime, count: int = 9, **over: Any) -> Sequence[Ticket]:
    """Within the last fifty minutes."""
    step = timedelta(minutes=50) / count
    return [await report(session, now - step * i, **over) for i in reversed(range(count))]

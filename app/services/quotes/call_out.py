"""The call-out fee of a ticket: decided when it is triaged and kept with it, so that it cannot grow."""

from datetime import datetime

import asyncpg

from app.domain.call_out import decide_call_out
from app.domain.situation import CallOut, Situation
from app.services.prices.current import call_out_prices
from app.services.tickets.change import Change

_KEEP = "UPDATE tickets SET call_out_fen = $2, call_out_waived = $3, empty_trip_fen = $4 WHERE id = $1"
_CHARGED = "SELECT EXISTS (SELECT FROM receipts WHERE ticket_id = $1 AND call_out_fen > 0)"


async def with_call_out(change: Change, s: Situation) -> Situation:
    """The same with what coming costs. A ticket that has been told once keeps what it was told."""
    if not s.on_site or s.call_out is not None:
        return s
    told = await call_out_of(change.connection, s, change.now)
    await change.connection.execute(_KEEP, s.id, told.fee_fen, list(told.waived), told.empty_trip_fen)
    return s._replace(call_out=told)


async def call_out_of(connection: asyncpg.Connection, s: Situation, now: datetime) -> CallOut:
    """What was told, or what would be told now."""
    if s.call_out is not None:
        return s.call_out
    city = s.address.city if s.address else ""
    prices = await call_out_prices(connection, category=s.category, city=city, now=now)
    return decide_call_out(s, *prices)


async def call_out_charged(change: Change) -> bool:
    """Once a ticket, however often somebody has to come."""
    charged: bool = await change.connection.fetchval(_CHARGED, change.before.id)
    return charged

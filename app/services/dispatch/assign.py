"""Give a job to somebody by name, also one that another has: taken from him and offered at once, or neither."""

from datetime import datetime
from uuid import UUID

import asyncpg

from app.domain.actor import Actor
from app.domain.lifecycle import Event, State
from app.domain.situation import Situation
from app.schemas.transitions import Offer, Reassign
from app.services.tickets.change import Change
from app.services.tickets.load import load, load_by_id
from app.services.tickets.record import StaleVersion
from app.services.tickets.transition import carry_out


async def assign(
    connection: asyncpg.Connection,
    number: str,
    engineer_id: UUID,
    *,
    version: int,
    reason: str,
    actor: Actor,
    now: datetime,
) -> Situation:
    """``version`` is that of the ticket which the caller saw; ``reason`` is for the one who loses the job.

    In the caller's transaction. Errors: not_found, stale_version, event_not_possible, event_not_allowed, nobody_fits.
    """
    s = await load(connection, number, actor, lock=True)
    if s.version != version:
        raise StaleVersion(extra={"version": s.version, "state": s.state})
    if s.state is not State.DISPATCHING:
        body = Reassign(event=Event.REASSIGN, version=s.version, reason=reason or "调度改派")
        await carry_out(Change(connection, s, Event.REASSIGN, actor, now), body)
        s = await load_by_id(connection, s.id)
    offer = Offer(event=Event.OFFER, version=s.version, engineer_id=engineer_id)
    return await carry_out(Change(connection, s, Event.OFFER, actor, now), offer)

"""A fact beside the state, which leaves version, clocks and the next step of the sweeper as they are."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg

from app.domain.actor import Actor
from app.domain.notices import Notice
from app.domain.situation import Situation
from app.services.tickets.record import Entry, record

_WAKE = "SELECT wake_at, wake_step FROM tickets WHERE id = $1"


async def add_fact(
    connection: asyncpg.Connection,
    s: Situation,
    entry: Entry,
    *,
    actor: Actor,
    now: datetime,
    notices: Sequence[Notice] = (),
) -> Situation:
    """The ticket is locked by the caller; ``entry.event`` is one of ``timeline.FACTS``."""
    row = await connection.fetchrow(_WAKE, s.id)
    wake = (row["wake_at"], row["wake_step"])
    after = s._replace(seq=s.seq + 1)
    return await record(connection, s, after, entry, actor=actor, now=now, notices=notices, wake=wake)

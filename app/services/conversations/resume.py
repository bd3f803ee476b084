"""Whatever a customer says while we wait for him resumes his ticket: it is our turn again, and our clock runs."""

from datetime import datetime

import asyncpg

from app.domain.actor import Actor
from app.domain.lifecycle import Event, State
from app.domain.situation import Situation
from app.schemas.transitions import SupplyInfo
from app.services.tickets.change import Change
from app.services.tickets.transition import carry_out


async def resume(
    connection: asyncpg.Connection, said_on: Situation, words: str, *, actor: Actor, now: datetime
) -> None:
    """``said_on`` is the ticket as it was when he said it: his message is one line of the timeline since. Whether
    it is what was asked for is for triage to say, or for the desk to ask again."""
    if said_on.state is not State.PENDING_INFO:
        return
    s = said_on._replace(seq=said_on.seq + 1)
    change = Change(connection, s, Event.SUPPLY_INFO, actor, now)
    await carry_out(change, SupplyInfo(event=Event.SUPPLY_INFO, version=s.version, text=words))

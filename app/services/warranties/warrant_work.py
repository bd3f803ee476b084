"""What finished work is good for, and until when: written at ``finish``, read by the receipt."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg

from app.domain.situation import QuoteLine
from app.domain.warranty.cover import Cover, of_work
from app.domain.warranty.policy import policy_on
from app.domain.warranty.work import done_of
from app.domain.zone import ZONE
from app.services.tickets.change import Change
from app.services.warranties.periods import COVERS, cover, covers_of, covers_of_ticket, write_covers
from app.services.warranties.policies import policies_of

# Also what the repair began that this ticket did over: doing it over began nothing for the repair itself.
_HELD = f"""
{COVERS}
 WHERE (w.ticket_id = $1 OR w.kind = 'repair' AND w.ticket_id = (SELECT rework_of FROM tickets WHERE id = $1))
   AND (w.ends_on IS NULL OR w.ends_on >= $2)
 ORDER BY w.kind = 'part', w.id
"""


async def warrant_work(change: Change, *, agreed: Sequence[QuoteLine], parts: Sequence[str]) -> None:
    """Begin the periods of this work. ``agreed`` are the lines that the customer approved, ``parts`` the names of
    what was fitted."""
    s, today = change.before, change.now.astimezone(ZONE).date()
    policy = policy_on(await policies_of(change.connection), today)
    of_asset = await covers_of(change.connection, s.asset_id) if s.asset_id else ()
    held = of_asset or await covers_of_ticket(change.connection, s.id)
    began = of_work(done_of(s.diagnosis.fault, agreed, parts), held, policy, today, s.number)
    await write_covers(change.connection, s.asset_id, s.id, began, change.now)


async def work_warranty(connection: asyncpg.Connection, ticket_id: int, now: datetime) -> tuple[Cover, ...]:
    """What the work of a ticket is good for at this moment: the repair first, then its parts."""
    rows = await connection.fetch(_HELD, ticket_id, now.astimezone(ZONE).date())
    return tuple(map(cover, rows))

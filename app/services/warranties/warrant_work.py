"""What finished work is good for, and until when: written at ``finish``, read by the receipt."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import asyncpg

from app.domain.pricing import PriceKind
from app.domain.situation import QuoteLine
from app.domain.warranty.cover import Done, Fitted, of_work
from app.domain.warranty.policy import names_of, policy_on, same_part
from app.domain.zone import ZONE
from app.schemas.transitions import PartIn
from app.services.tickets.change import Change
from app.services.warranties.periods import covers_of, covers_of_ticket, write_covers
from app.services.warranties.policies import policies_of

# Also what the repair began that this ticket did over: doing it over began nothing for the repair itself.
_HELD = """
SELECT w.component, w.begins_on, w.ends_on
  FROM warranties w
 WHERE (w.ticket_id = $1 OR w.kind = 'repair' AND w.ticket_id = (SELECT rework_of FROM tickets WHERE id = $1))
   AND (w.ends_on IS NULL OR w.ends_on >= $2)
 ORDER BY w.kind = 'part', w.id
"""


@dataclass(frozen=True)
class Warranted:
    """``until`` is the last day, in China; None for a lifetime."""

    name: str
    begins_on: date
    until: date | None


async def warrant_work(
    change: Change, *, agreed: Sequence[QuoteLine], parts: Sequence[PartIn]
) -> None:
    """Begin the periods of this work. ``agreed`` are the lines that the customer approved."""
    s, today = change.before, change.now.astimezone(ZONE).date()
    policy = policy_on(await policies_of(change.connection), today)
    # The row of the appliance is not waited for: nothing here depends on what a purchase began a moment ago.
    of_asset = await covers_of(change.connection, s.asset_id) if s.asset_id else ()
    held = of_asset or await covers_of_ticket(change.connection, s.id)
    done = Done(s.diagnosis.fault, _labour(agreed), _parts(agreed, parts))
    began = of_work(done, held, policy, today, s.number)
    await write_covers(change.connection, s.asset_id, s.id, began, change.now)


async def work_warranty(
    connection: asyncpg.Connection, ticket_id: int, now: datetime
) -> tuple[Warranted, ...]:
    """What the work of a ticket is good for at this moment: the repair first, then its parts."""
    rows = await connection.fetch(_HELD, ticket_id, now.astimezone(ZONE).date())
    return tuple(
        Warranted(names_of(row["component"])[0], row["begins_on"], row["ends_on"]) for row in rows
    )


def _labour(agreed: Sequence[QuoteLine]) -> tuple[Fitted, ...]:
    return tuple(
        Fitted(line.name, line.warranty_days, sold=line.amount_fen > 0)
        for line in agreed
        if line.kind == PriceKind.LABOUR
    )


def _parts(agreed: Sequence[QuoteLine], parts: Sequence[PartIn]) -> tuple[Fitted, ...]:
    """Those that were sold by a line with a term, and those that were fitted besides."""
    sold = [
        Fitted(line.name, line.warranty_days, sold=line.amount_fen > 0)
        for line in agreed
        if line.kind == PriceKind.PART and line.warranty_days
    ]
    besides = [
        Fitted(part.name)
        for part in parts
        if not any(same_part(part.name, each.name) for each in sold)
    ]
    return (*sold, *besides)

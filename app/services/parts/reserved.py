"""Parts that are held for a ticket, and letting them go."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg

from app.domain.actor import Actor
from app.domain.parts import PlaceKind, Reason
from app.services.stock.post import Move, post
from app.services.tickets.change import Change

_HELD = """
SELECT e.place_id::text, s.place_kind, e.part_code, sum(e.reserved)::bigint AS quantity
  FROM stock_entries e JOIN stock s USING (place_id, part_code)
 WHERE e.ticket_id = $1 GROUP BY 1, 2, 3 HAVING sum(e.reserved) > 0 ORDER BY 1, 3
"""


async def held_for(connection: asyncpg.Connection, ticket_id: int) -> Sequence[asyncpg.Record]:
    rows: Sequence[asyncpg.Record] = await connection.fetch(_HELD, ticket_id)
    return rows


def releases(held: Sequence[asyncpg.Record]) -> list[Move]:
    return [
        Move(
            row["place_id"],
            PlaceKind(row["place_kind"]),
            row["part_code"],
            Reason.RELEASE,
            reserved=-row["quantity"],
        )
        for row in held
    ]


async def let_parts_go(
    connection: asyncpg.Connection, ticket_id: int, *, actor: Actor, now: datetime
) -> None:
    moves = releases(await held_for(connection, ticket_id))
    await post(connection, moves, made_by=actor.id, now=now, ticket_id=ticket_id)


async def release_parts(change: Change) -> None:
    """When the job goes to somebody else or nowhere, nothing stays held for it."""
    await let_parts_go(change.connection, change.before.id, actor=change.actor, now=change.now)

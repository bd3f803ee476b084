"""What an event leaves behind in the database, read past the app."""

from dataclasses import dataclass
from typing import Any

import asyncpg


@dataclass(frozen=True)
class Left:
    seq: int
    event: str
    from_state: str | None
    state: str
    actor_role: str
    text: str
    data: dict[str, Any]


@dataclass(frozen=True)
class Sent:
    recipient: str
    recipient_id: str
    kind: str
    slots: dict[str, Any]


async def last_event(connection: asyncpg.Connection, number: str) -> Left:
    row = await connection.fetchrow(
        """SELECT e.seq, e.event, e.from_state, e.state, e.actor_role, e.text, e.data
             FROM ticket_events e JOIN tickets t ON t.id = e.ticket_id
            WHERE t.number = $1 ORDER BY e.seq DESC LIMIT 1""",
        number,
    )
    return Left(*row)


async def sent(connection: asyncpg.Connection, number: str, seq: int) -> list[Sent]:
    rows = await connection.fetch(
        """SELECT o.recipient, o.recipient_id::text, o.kind, o.slots
             FROM outbox o JOIN tickets t ON t.id = o.ticket_id
            WHERE t.number = $1 AND o.seq = $2 ORDER BY o.id""",
        number,
        seq,
    )
    return [Sent(*row) for row in rows]


async def running(connection: asyncpg.Connection, number: str) -> dict[str, str]:
    """The open clock segments."""
    rows = await connection.fetch(
        """SELECT c.clock, c.mode FROM clock_segments c JOIN tickets t ON t.id = c.ticket_id
            WHERE t.number = $1 AND c.ended_at IS NULL""",
        number,
    )
    return {row["clock"]: row["mode"] for row in rows}


async def of_ticket(connection: asyncpg.Connection, number: str, column: str) -> Any:
    return await connection.fetchval(f"SELECT {column} FROM tickets WHERE number = $1", number)  # noqa: S608


TABLES = "ticket_events outbox visits offers quotes clock_segments completions ratings part_orders urgings"
_COUNTS = f"SELECT {', '.join(f'(SELECT count(*) FROM {table})' for table in TABLES.split())}"  # noqa: S608


async def counts(connection: asyncpg.Connection) -> tuple[int, ...]:
    """How much there is of whatever an event may leave: equal before and after a refusal."""
    return tuple(await connection.fetchrow(_COUNTS))

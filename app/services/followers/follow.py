"""Read every event of every ticket once, in an order in which none can be missed (ADR 35).

Events are numbered per ticket, not over all of them, and a number drawn first may be committed last. So each event
carries the id of its transaction, and a follower reads up to the oldest transaction that is still under way: whatever
lies behind that is committed or will never be.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import asyncpg

BATCH = 500


class Follower(StrEnum):
    WEBHOOKS = "webhooks"
    ROUTING = "routing"


@dataclass(frozen=True)
class Passed:
    """The place of an event; ``xact`` is the transaction that wrote it."""

    xact: int
    ticket_id: int
    seq: int


# Several workers may follow; one reads at a time, and the others have nothing to do meanwhile.
_WHERE = "SELECT xact, ticket_id, seq FROM event_cursors WHERE name = $1 FOR UPDATE SKIP LOCKED"
_NEXT = """
SELECT xact, ticket_id, seq FROM ticket_events
 WHERE (xact, ticket_id, seq) > ($1, $2, $3) AND xact < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
 ORDER BY xact, ticket_id, seq LIMIT $4
"""
_MOVE = "UPDATE event_cursors SET xact = $2, ticket_id = $3, seq = $4 WHERE name = $1"


async def next_events(
    connection: asyncpg.Connection, follower: Follower, *, limit: int = BATCH
) -> Sequence[Passed]:
    """The next ones, passed in the caller's transaction: what he does with them is done once, or not at all.

    Two events of one ticket come in the order of their transactions, which is nearly always their own. A follower to
    whom it matters takes the earlier ones along (``unpassed``).
    """
    at = await connection.fetchrow(_WHERE, follower.value)
    if at is None:
        return []
    rows = await connection.fetch(_NEXT, at["xact"], at["ticket_id"], at["seq"], limit)
    found = [Passed(row["xact"], row["ticket_id"], row["seq"]) for row in rows]
    if found:
        last = found[-1]
        await connection.execute(_MOVE, follower.value, last.xact, last.ticket_id, last.seq)
    return found


def unpassed(event: str, passed: str) -> str:
    """As SQL: an event that comes no later than the one just passed and has not been passed before it."""
    return f"{event}.ticket_id = {passed}.ticket_id AND {event}.seq <= {passed}.seq AND {event}.xact >= {passed}.xact"

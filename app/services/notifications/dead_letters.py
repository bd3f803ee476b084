"""Messages that people should look at, dead or parked, each with its reason, and sending them again on purpose."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import asyncpg

from app.bell import Topic, ring_sql
from app.domain.actor import SYSTEM, Actor
from app.services.tickets.visible import of_points

_LIST = f"""
SELECT o.id, t.number, o.seq, o.kind, o.recipient, o.state, o.reason, o.attempts, o.created_at, o.settled_at
  FROM outbox o JOIN tickets t ON t.id = o.ticket_id
 WHERE o.state = ANY ($2) AND {of_points("$3")} ORDER BY o.id LIMIT $1
"""
# A message that a later one of the same ticket to the same person has overtaken would only confuse.
# Whoever answers for some service points replays what is of them.
_HIS = f"EXISTS (SELECT FROM tickets t WHERE t.id = o.ticket_id AND {of_points('$3')})"
_SUPERSEDE = f"""
UPDATE outbox o SET state = 'superseded', settled_at = $2
 WHERE (o.state IN ('dead', 'parked') OR o.state = 'inbox' AND $1::bigint[] IS NOT NULL)
   AND ($1::bigint[] IS NULL OR o.id = ANY ($1)) AND {_HIS}
   AND EXISTS (SELECT FROM outbox l WHERE l.ticket_id = o.ticket_id AND l.recipient_id = o.recipient_id
                  AND l.id > o.id AND l.state IN ('leased', 'accepted', 'delivered', 'in_review'))
RETURNING o.id
"""
# A new client_msg_id: the old one is known to the platform only for ten minutes, and the operator wants it sent.
_REPLAY = f"""
UPDATE outbox o
   SET state = 'queued', available_at = $2, settled_at = NULL, reason = NULL, uncertain_since = NULL,
       client_msg_id = gen_random_uuid(), attempts = 0, created_at = $2, channel = NULL, appid = NULL
 WHERE (o.state IN ('dead', 'parked') OR o.state = 'inbox' AND $1::bigint[] IS NOT NULL)
   AND ($1::bigint[] IS NULL OR o.id = ANY ($1)) AND {_HIS}
RETURNING o.id, {ring_sql(Topic.TICKET, "o.ticket_id")}
"""


# Whoever sends again says that it is mended; if it is not, the alarm is raised anew.
_REOPEN = """
UPDATE alarms SET closed_at = $1, closed_by = 'outbox replay'
 WHERE closed_at IS NULL AND kind IN ('template', 'account', 'quota')
"""


@dataclass(frozen=True)
class DeadLetter:
    id: int
    number: str
    seq: int
    kind: str
    recipient: str
    state: str
    reason: str
    attempts: int
    created_at: datetime
    settled_at: datetime


@dataclass(frozen=True)
class Replayed:
    queued: tuple[int, ...]
    superseded: tuple[int, ...]


async def list_dead_letters(
    connection: asyncpg.Connection, *, actor: Actor = SYSTEM, limit: int = 100, inbox: bool = False
) -> list[DeadLetter]:
    """``inbox``: those too that reached nobody outside the app."""
    states = ["dead", "parked", *(["inbox"] if inbox else [])]
    return [DeadLetter(**dict(row)) for row in await connection.fetch(_LIST, limit, states, actor.points)]


async def replay(
    connection: asyncpg.Connection, *, ids: Sequence[int] | None, actor: Actor = SYSTEM, now: datetime
) -> Replayed:
    """Queue dead and parked messages again, all of them or those named, and what is in the inbox if it is named.

    What is overtaken is marked so and stays unsent.

    The caller gives a transaction.
    """
    wanted = list(ids) if ids is not None else None
    superseded = await connection.fetch(_SUPERSEDE, wanted, now, actor.points)
    queued = await connection.fetch(_REPLAY, wanted, now, actor.points)
    await connection.execute(_REOPEN, now)
    return Replayed(tuple(row["id"] for row in queued), tuple(row["id"] for row in superseded))

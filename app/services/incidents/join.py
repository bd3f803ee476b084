"""Bring the tickets of a task force up to date: their level, and the last word to all, once to each customer's phone.

One ticket a transaction, driven by what its row says was done: whoever is killed in the middle loses nothing, and
nothing is told twice.
"""

from dataclasses import dataclass
from datetime import datetime

import asyncpg

from app.domain.actor import SYSTEM, Actor
from app.domain.incidents.duties import known_fault
from app.domain.incidents.life import AT_WORK
from app.domain.lifecycle import SETTLED, Role
from app.domain.notices import bulletin
from app.domain.situation import Priority, Situation
from app.services.service_levels.look import watch
from app.services.tickets.fact import add_fact
from app.services.tickets.load import load_by_id
from app.services.tickets.record import Entry

_DUE = """
SELECT t.id FROM incidents i
  JOIN incident_tickets x ON x.incident_id = i.id AND x.ended_at IS NULL
  JOIN tickets t ON t.id = x.ticket_id
 WHERE i.state = ANY ($1) AND (x.joined_at IS NULL OR x.told_n < i.broadcast_n)
 ORDER BY t.id LIMIT 1 FOR NO KEY UPDATE OF t SKIP LOCKED
"""
# Of a customer's tickets the first one carries the card; what went out by another one need not go again.
_WORD = """
SELECT i.id, i.number, i.broadcast_n, i.promised_at, x.joined_at, x.told_n, e.text, e.actor_role, e.actor_id,
       NOT EXISTS (
           SELECT FROM incident_tickets o JOIN tickets u ON u.id = o.ticket_id
            WHERE o.incident_id = i.id AND u.customer_id = t.customer_id AND u.id <> t.id
              AND (o.ended_at IS NULL AND u.id < t.id AND NOT u.state = ANY ($3)
                   OR o.pushed_n >= greatest(i.broadcast_n, 1))) AS carries
  FROM incident_tickets x
  JOIN incidents i ON i.id = x.incident_id
  JOIN tickets t ON t.id = x.ticket_id
  LEFT JOIN incident_entries e ON e.incident_id = i.id AND e.n = i.broadcast_n
 WHERE x.ticket_id = $1 AND x.ended_at IS NULL AND i.state = ANY ($2)
"""
_DONE = """
UPDATE incident_tickets SET joined_at = coalesce(joined_at, $3), told_n = $4::bigint,
       pushed_n = CASE WHEN $5 THEN greatest($4::bigint, 1) ELSE pushed_n END
 WHERE incident_id = $1 AND ticket_id = $2
"""


@dataclass(frozen=True)
class _Word:
    """What there is to tell of one ticket."""

    incident: int
    number: str
    n: int
    promised_at: datetime | None
    joins: bool
    # The broadcast that it has not heard, and who said it.
    text: str | None
    said_by: Actor
    carries: bool


async def join_one(connection: asyncpg.Connection, now: datetime) -> bool:
    """One ticket; False when none is behind. The caller gives a transaction and commits it."""
    ticket_id = await connection.fetchval(_DUE, sorted(AT_WORK))
    if ticket_id is None:
        return False
    s = await load_by_id(connection, ticket_id)
    row = await connection.fetchrow(_WORD, ticket_id, sorted(AT_WORK), sorted(SETTLED))
    if row is not None:
        word = _word(row)
        pushed = s.state not in SETTLED and await _tell(connection, s, word, now)
        await connection.execute(_DONE, word.incident, s.id, now, word.n, pushed)
    return True


async def _tell(connection: asyncpg.Connection, s: Situation, word: _Word, now: datetime) -> bool:
    """Whether a card went out by this ticket."""
    if word.joins:
        s = await _join(connection, s, word, now)
    if word.text is not None:
        cards = [bulletin(s, word.text)] if word.carries else []
        entry = Entry("incident_broadcast", word.text, {"incident": word.number})
        await add_fact(connection, s, entry, actor=word.said_by, now=now, notices=cards)
    return word.carries


async def _join(connection: asyncpg.Connection, s: Situation, word: _Word, now: datetime) -> Situation:
    """Where nothing has been said to all yet, its customer hears at least that the fault is known."""
    text = known_fault(word.promised_at, now)
    cards = [bulletin(s, text)] if word.carries and word.text is None else []
    raised = s._replace(priority=Priority.SYSTEMIC)
    entry = Entry("incident_joined", text, {"incident": word.number, "priority": s.priority})
    after = await add_fact(connection, raised, entry, actor=SYSTEM, now=now, notices=cards)
    await watch(connection, s.id, now)
    return after


def _word(row: asyncpg.Record) -> _Word:
    behind = row["told_n"] < row["broadcast_n"]
    speaker = Actor(Role(row["actor_role"]), row["actor_id"]) if behind else SYSTEM
    return _Word(
        row["id"],
        row["number"],
        row["broadcast_n"],
        row["promised_at"],
        row["joined_at"] is None,
        row["text"] if behind else None,
        speaker,
        row["carries"],
    )

"""Carry out what was asked for, a bounded step a transaction: first the person, then his tickets, then the proof.

A step that was not committed has not happened, and one that happened twice changes nothing: the worker may be killed
anywhere.
"""

from collections import Counter
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg
import orjson

from app.services.privacy.erasure import carry_out
from app.services.privacy.person import OF_PERSON
from app.services.privacy.standing import ENDED, blockers, rows_of
from app.services.privacy.traces import OF_TICKETS

BATCH = 50
# Somebody reported something in the meantime: it is looked at again when that may be over.
AGAIN_AFTER = timedelta(days=1)

_DUE = """
SELECT id, customer_id, state, ticket_cursor FROM account_deletions
 WHERE due_at <= $1 AND state IN ('requested', 'erasing')
 ORDER BY due_at, id LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED
"""
_LOCK = "SELECT FROM customers WHERE id = ANY ($1::uuid[]) ORDER BY id FOR NO KEY UPDATE"
_WAIT = "UPDATE account_deletions SET due_at = $2, ticket_cursor = 0 WHERE id = $1"
_BEGIN = "UPDATE account_deletions SET state = 'erasing', started_at = $2 WHERE id = $1"
_TICKETS = f"""
SELECT id FROM tickets
 WHERE customer_id = ANY ($1::uuid[]) AND id > $2 AND state IN ({ENDED}) ORDER BY id LIMIT $3 FOR NO KEY UPDATE
"""
# Reported at the very moment when the account went: it is carried out, and what it says goes when it has ended.
_OPEN = f"""
SELECT EXISTS (SELECT FROM tickets WHERE customer_id = ANY ($1::uuid[]) AND state NOT IN ({ENDED}))
"""
_REACHED = "UPDATE account_deletions SET ticket_cursor = $2 WHERE id = $1"
_COUNT = """
UPDATE account_deletions d SET counts = (
    SELECT coalesce(jsonb_object_agg(name, n), '{}')
      FROM (SELECT key AS name, sum(value::bigint) AS n
              FROM (SELECT * FROM jsonb_each_text(d.counts) UNION ALL SELECT * FROM jsonb_each_text($2)) all_of_it
             GROUP BY key HAVING sum(value::bigint) > 0) summed)
 WHERE id = $1
"""
_DONE = "UPDATE account_deletions SET state = 'done', finished_at = $2 WHERE id = $1"


async def erase_one(connection: asyncpg.Connection, now: datetime, *, batch: int = BATCH) -> bool:
    """One step of one deletion that is due; False when none is. The caller gives a transaction and commits it."""
    due = await connection.fetchrow(_DUE, now)
    if due is None:
        return False
    whose = await rows_of(connection, due["customer_id"])
    if due["state"] == "requested":
        await _person(connection, due, whose, now)
    else:
        await _tickets(connection, due, whose, now, batch)
    return True


async def _person(
    connection: asyncpg.Connection, due: asyncpg.Record, whose: list[UUID], now: datetime
) -> None:
    await connection.execute(_LOCK, whose)
    if await blockers(connection, whose):
        await connection.execute(_WAIT, due["id"], now + AGAIN_AFTER)
        return
    counts = await carry_out(connection, OF_PERSON, whose, now)
    await connection.execute(_BEGIN, due["id"], now)
    await _count(connection, due["id"], counts)


async def _tickets(
    connection: asyncpg.Connection, due: asyncpg.Record, whose: list[UUID], now: datetime, batch: int
) -> None:
    found = [row["id"] for row in await connection.fetch(_TICKETS, whose, due["ticket_cursor"], batch)]
    if not found and await connection.fetchval(_OPEN, whose):
        await connection.execute(_WAIT, due["id"], now + AGAIN_AFTER)
        return
    if not found:
        await connection.execute(_DONE, due["id"], now)
        return
    counts = await carry_out(connection, OF_TICKETS, found, now)
    await connection.execute(_REACHED, due["id"], found[-1])
    await _count(connection, due["id"], counts)


async def _count(connection: asyncpg.Connection, deletion_id: UUID, counts: Counter[str]) -> None:
    await connection.execute(_COUNT, deletion_id, orjson.dumps(counts).decode())

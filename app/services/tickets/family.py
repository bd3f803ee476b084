"""A ticket and those that were merged into it: what was said and done on any of them is told on it."""

from collections.abc import Sequence

import asyncpg

# Two tickets of one change are locked in the order of their ids, whoever was asked for first.
_PAIR = """
SELECT id FROM tickets WHERE number = ANY ($1::text[]) AND ($2::uuid IS NULL OR customer_id = $2)
 ORDER BY id FOR NO KEY UPDATE
"""
_WITH_SURVIVOR = """
SELECT id FROM tickets WHERE number = $1 OR id = (SELECT merged_into FROM tickets WHERE number = $1)
 ORDER BY id FOR NO KEY UPDATE
"""
_FAMILY = """
WITH RECURSIVE family AS (
    SELECT id, number, closed_at FROM tickets WHERE merged_into = $1
    UNION ALL
    SELECT t.id, t.number, t.closed_at FROM tickets t JOIN family f ON t.merged_into = f.id
)
SELECT id, number FROM family ORDER BY closed_at, id
"""


async def lock_pair(connection: asyncpg.Connection, *numbers: str, owner: str | None) -> None:
    """Of a customer's request, only what is his."""
    await connection.fetch(_PAIR, list(numbers), owner)


async def lock_with_survivor(connection: asyncpg.Connection, number: str) -> None:
    await connection.fetch(_WITH_SURVIVOR, number)


async def merged_into(connection: asyncpg.Connection, ticket_id: int) -> Sequence[asyncpg.Record]:
    """``id`` and ``number`` of each, the first merged first."""
    rows: Sequence[asyncpg.Record] = await connection.fetch(_FAMILY, ticket_id)
    return rows


async def family_ids(connection: asyncpg.Connection, ticket_id: int) -> list[int]:
    return [ticket_id, *(row["id"] for row in await merged_into(connection, ticket_id))]

"""Merges as agents ask for them, and the list of all, those included that happened by themselves."""

from datetime import datetime
from uuid import UUID

import asyncpg

from app.models.people import MergeCause
from app.schemas.customers import MergeIn, MergeOut, MergePage, UndoIn
from app.services.cursors import cut, place_by_id
from app.services.customers.merge import Merge, Wish, merge
from app.services.customers.preview import moves
from app.services.customers.undo import read, undo
from app.services.idempotency import Once

_PAGE = """
SELECT id, customer_id, into_id, cause, reason, moved, merged_at, undone_at FROM customer_merges
 WHERE ($1::uuid IS NULL OR customer_id = $1 OR into_id = $1)
   AND ($2::timestamptz IS NULL OR (merged_at, id) < ($2, $3::uuid))
 ORDER BY merged_at DESC, id DESC LIMIT $4
"""


async def merge_customers(
    connection: asyncpg.Connection, body: MergeIn, *, once: Once, now: datetime
) -> MergeOut:
    if earlier := await once.earlier(connection, now):
        return MergeOut.model_validate(earlier)
    wish = Wish(body.customer_id, body.into, MergeCause.STAFF, body.reason)
    made = _told(await merge(connection, wish, actor=once.actor, now=now))
    await once.keep(connection, made.model_dump(mode="json"))
    return made


async def undo_merge(
    connection: asyncpg.Connection, merge_id: UUID, body: UndoIn, *, once: Once, now: datetime
) -> MergeOut:
    if earlier := await once.earlier(connection, now):
        return MergeOut.model_validate(earlier)
    undone = _told(await undo(connection, merge_id, reason=body.reason, actor=once.actor, now=now))
    await once.keep(connection, undone.model_dump(mode="json"))
    return undone


async def list_merges(
    connection: asyncpg.Connection, *, customer_id: UUID | None, cursor: str | None, limit: int
) -> MergePage:
    """Newest first."""
    before, key = place_by_id(cursor)
    rows = await connection.fetch(_PAGE, customer_id, before, key, limit + 1)
    page, next_cursor = cut(rows, limit, "merged_at")
    return MergePage(items=[_told(read(row)) for row in page], next_cursor=next_cursor)


def _told(done: Merge) -> MergeOut:
    return MergeOut(
        id=str(done.id),
        customer_id=str(done.customer_id),
        into=str(done.into_id),
        cause=done.cause,
        reason=done.reason,
        moved=moves(done.moved),
        merged_at=done.merged_at,
        undone_at=done.undone_at,
    )

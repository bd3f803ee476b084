"""What a person was told, however it travelled: a view over the outbox, in which nothing is ever lost."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from app.domain.actor import Actor
from app.domain.card import Line, lines_of, reason_zh, title_of
from app.services.cursors import after, before, wrong

# As many as anybody counts; beyond it stands "99+".
COUNTED = 100

_COLUMNS = "o.id, o.kind, o.slots, o.state, o.channel, o.reason, o.created_at, o.read_at, t.number"
_NEWEST = f"""
SELECT {_COLUMNS} FROM outbox o JOIN tickets t ON t.id = o.ticket_id
 WHERE o.recipient_id = $1 AND ($2::bigint IS NULL OR o.id < $2) AND (NOT $3 OR o.read_at IS NULL)
 ORDER BY o.id DESC LIMIT $4
"""
_UNREAD_FIRST = f"""
SELECT {_COLUMNS} FROM outbox o JOIN tickets t ON t.id = o.ticket_id
 WHERE o.recipient_id = $1 AND ($2::bigint IS NULL OR (o.read_at IS NOT NULL, -o.id) > ($3, -$2))
 ORDER BY o.read_at IS NOT NULL, o.id DESC LIMIT $4
"""
_UNREAD = """
SELECT count(*) FROM (SELECT FROM outbox WHERE recipient_id = $1 AND read_at IS NULL LIMIT $2) counted
"""
_MARK = """
UPDATE outbox SET read_at = $3
 WHERE recipient_id = $1 AND read_at IS NULL AND ($2::bigint[] IS NULL OR id = ANY ($2))
   AND ($4::bigint IS NULL OR id <= $4)
"""

_CHANNELS = {
    "template": "公众号消息",
    "subscribe": "小程序通知",
    "custom": "客服消息",
    "sms": "短信",
    "inbox": "收件箱",
}
_ARRIVED = frozenset({"accepted", "delivered", "in_review"})


@dataclass(frozen=True)
class Entry:
    id: str
    kind: str
    title: str
    number: str
    lines: tuple[Line, ...]
    at: datetime
    read: bool
    # How it reached the person outside the app, in words; None when only the inbox has it.
    via: str | None
    # Why only the inbox has it.
    reason: str | None


@dataclass(frozen=True)
class Inbox:
    items: list[Entry]
    next_cursor: str | None
    # At most COUNTED.
    unread: int


async def read_inbox(
    connection: asyncpg.Connection,
    actor: Actor,
    *,
    cursor: str | None = None,
    limit: int = 20,
    only_unread: bool = False,
    unread_first: bool = False,
) -> Inbox:
    """Newest first; the cursor is opaque and goes with the same flags."""
    was_read, before = _parse(cursor)
    if unread_first and not only_unread:
        rows = await connection.fetch(_UNREAD_FIRST, UUID(actor.id), before, was_read, limit + 1)
    else:
        rows = await connection.fetch(_NEWEST, UUID(actor.id), before, only_unread, limit + 1)
    page = rows[:limit]
    more = _cursor(page[-1]) if len(rows) > limit else None
    return Inbox([_entry(row) for row in page], more, await count_unread(connection, actor))


async def count_unread(connection: asyncpg.Connection, actor: Actor) -> int:
    count: int = await connection.fetchval(_UNREAD, UUID(actor.id), COUNTED)
    return count


async def mark_read(
    connection: asyncpg.Connection,
    actor: Actor,
    *,
    ids: Sequence[int] | None,
    up_to: int | None,
    now: datetime,
) -> int:
    """Those named, or all up to one, or all; what is left unread."""
    await connection.execute(_MARK, UUID(actor.id), list(ids) if ids is not None else None, now, up_to)
    return await count_unread(connection, actor)


def _entry(row: asyncpg.Record) -> Entry:
    arrived = row["state"] in _ARRIVED
    return Entry(
        id=str(row["id"]),
        kind=row["kind"],
        title=title_of(row["kind"]),
        number=row["number"],
        lines=lines_of(row["slots"]),
        at=row["created_at"],
        read=row["read_at"] is not None,
        via=_CHANNELS.get(row["channel"] or "template") if arrived else None,
        reason=None if arrived else reason_zh(row["reason"]),
    )


def _cursor(row: asyncpg.Record) -> str:
    return f"{'r' if row['read_at'] else 'u'}{after(row['id'])}"


def _parse(cursor: str | None) -> tuple[bool, int | None]:
    if cursor is None:
        return False, None
    if cursor[:1] not in ("r", "u"):
        raise wrong()
    return cursor[0] == "r", before(cursor[1:])

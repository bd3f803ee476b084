"""What the desk has to answer, and what it talked about lately: one statement, a page at a time."""

from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg

from app.domain.actor import Actor
from app.domain.conversation.words import MessageKind, line
from app.domain.lifecycle import VIEWS
from app.errors import InvalidInput
from app.services.tickets.visible import of_points

_SNIPPET = 100
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _statement(moment: str, condition: str) -> str:
    return f"""
SELECT c.ticket_id, c.{moment} AS moment, t.number, t.state, t.service_type, t.category, t.priority, t.contact_name,
       c.waiting_since, c.satisfaction, m.author, m.kind, m.text, m.sent_at, cardinality(m.attachment_ids) AS pictures
  FROM conversations c
  JOIN tickets t ON t.id = c.ticket_id
  JOIN ticket_messages m ON m.id = c.last_message_id
 WHERE {condition} AND {of_points("$4")}
   AND ($2::timestamptz IS NULL OR (c.{moment}, c.ticket_id) < ($2::timestamptz, $3::bigint))
 ORDER BY c.{moment} DESC, c.ticket_id DESC LIMIT $1
"""


_UNANSWERED = _statement("waiting_since", "c.waiting_since IS NOT NULL")
_ALL = _statement("last_at", "TRUE")


async def list_conversations(
    connection: asyncpg.Connection,
    *,
    actor: Actor,
    unanswered: bool,
    cursor: str | None,
    limit: int,
    now: datetime,
) -> dict[str, Any]:
    """``{"items", "next_cursor"}``, the newest first; the cursor goes with the same filter."""
    moment, ticket_id = _position(cursor)
    rows = await connection.fetch(
        _UNANSWERED if unanswered else _ALL, limit + 1, moment, ticket_id, actor.points
    )
    page = rows[:limit]
    return {
        "items": [_item(row, now) for row in page],
        "next_cursor": _cursor(page[-1]) if len(rows) > limit else None,
    }


def _item(row: asyncpg.Record, now: datetime) -> dict[str, Any]:
    since: datetime | None = row["waiting_since"]
    return {
        "number": row["number"],
        "state": row["state"],
        "label": VIEWS[row["state"]].name,
        "service_type": row["service_type"],
        "category": row["category"],
        "priority": row["priority"],
        "customer": row["contact_name"],
        "last_message": {
            "author": row["author"],
            "kind": row["kind"],
            "text": line(MessageKind(row["kind"]), row["text"], row["pictures"])[:_SNIPPET],
            "at": row["sent_at"],
        },
        "waiting_since": since,
        "waiting_seconds": None if since is None else max(0, int((now - since).total_seconds())),
        "satisfaction": row["satisfaction"],
    }


def _cursor(row: asyncpg.Record) -> str:
    micros = (row["moment"] - _EPOCH) // timedelta(microseconds=1)
    return f"{micros:x}-{row['ticket_id']:x}"


def _position(cursor: str | None) -> tuple[datetime | None, int | None]:
    if cursor is None:
        return None, None
    try:
        micros, ticket_id = (int(part, 16) for part in cursor.split("-"))
        moment = _EPOCH + timedelta(microseconds=micros)
    except (ValueError, OverflowError) as error:
        raise _bad_cursor() from error
    if not 0 < ticket_id < 2**63:
        raise _bad_cursor()
    return moment, ticket_id


def _bad_cursor() -> InvalidInput:
    return InvalidInput.at("query.cursor", "翻页参数不正确，请从第一页开始。", "invalid_cursor")

"""What the desk has to answer, and what it talked about lately: one statement, a page at a time."""

from datetime import datetime
from typing import Any

import asyncpg

from app.domain.actor import Actor
from app.domain.conversation.words import MessageKind, line
from app.domain.lifecycle import VIEWS
from app.services.cursors import cut, place_by_number
from app.services.tickets.visible import of_points

_SNIPPET = 100


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
    moment, ticket_id = place_by_number(cursor)
    rows = await connection.fetch(
        _UNANSWERED if unanswered else _ALL, limit + 1, moment, ticket_id, actor.points
    )
    page, following = cut(rows, limit, "moment", key="ticket_id")
    return {
        "items": [_item(row, now) for row in page],
        "next_cursor": following,
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

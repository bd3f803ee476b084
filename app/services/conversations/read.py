"""The conversation of one ticket, the newest page first, each page in the order in which things were said."""

from typing import Any

import asyncpg

from app.domain.actor import Actor
from app.domain.situation import Situation
from app.errors import Forbidden
from app.services.conversations.present import COLUMNS, present
from app.services.cursors import after
from app.services.cursors import before as before_number
from app.services.tickets.family import family_ids
from app.services.tickets.load import load
from app.services.tickets.present import SignUrl, at_the_job

# Callbacks come out of order: they are paged by arrival and shown by the time at which they were sent.
_PAGE = f"""
SELECT {COLUMNS} FROM ticket_messages m LEFT JOIN staff st ON st.id = m.staff_id
 WHERE m.ticket_id = ANY ($1) AND ($2::bigint IS NULL OR m.id < $2)
 ORDER BY m.id DESC LIMIT $3
"""


class NotInConversation(Forbidden):
    code, msg = "not_in_conversation", "只有接了这张工单的工程师才能查看和回复留言。"


async def read_messages(
    connection: asyncpg.Connection,
    number: str,
    actor: Actor,
    sign_url: SignUrl,
    *,
    cursor: str | None,
    limit: int,
) -> dict[str, Any]:
    """``{"items", "next_cursor"}``; the cursor leads to what was said before."""
    s = await load(connection, number, actor)
    require_close(s, actor)
    return await page(connection, s.id, actor, sign_url, before=before_number(cursor), limit=limit)


async def page(
    connection: asyncpg.Connection,
    ticket_id: int,
    actor: Actor,
    sign_url: SignUrl,
    *,
    before: int | None = None,
    limit: int,
) -> dict[str, Any]:
    # What was said on a ticket that was merged into this one is said here.
    rows = await connection.fetch(_PAGE, await family_ids(connection, ticket_id), before, limit + 1)
    shown = rows[:limit]
    in_order = sorted(shown, key=lambda row: (row["sent_at"], row["id"]))
    return {
        "items": [present(row, actor, sign_url) for row in in_order],
        "next_cursor": after(shown[-1]["id"]) if len(rows) > limit else None,
    }


def require_close(s: Situation, actor: Actor) -> None:
    """Who could claim a job from the pool sees the job, and not what the customer said."""
    if not at_the_job(s, actor):
        raise NotInConversation

"""Put a message on a ticket: the message, how the conversation stands, and one line of the timeline.

The line goes through ``record`` like every event, so that nothing is said without whoever has to know being told.
The ticket's row is locked by whoever loads it; its state, version and clocks stay as they are.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from app.domain.actor import Actor
from app.domain.conversation.words import Author, MessageKind
from app.domain.lifecycle import State
from app.domain.notices import Notice
from app.domain.situation import Situation
from app.services.complaints.open import heed
from app.services.promises.promised import promised
from app.services.tickets.fact import add_fact
from app.services.tickets.record import Entry

# What customers say waits for an answer, whenever it arrives; a tap on the survey does not.
_SAY = """
WITH said AS (
    INSERT INTO ticket_messages (ticket_id, author, staff_id, kind, text, attachment_ids, appid, openid, inbound_id,
                                 sent_at, created_at)
    VALUES ($1, $2, $3::uuid, $4, $5, $6, $7, $8, $9, $10, $11)
    RETURNING id
), stands AS (
    INSERT INTO conversations AS c (ticket_id, last_message_id, last_at, waiting_since, answered_by, answered_at,
                                    appid, openid)
    SELECT $1, id, $11, CASE WHEN $12 THEN $10 END, $3::uuid, CASE WHEN $2 = 'staff' THEN $11 END, $7, $8 FROM said
    ON CONFLICT (ticket_id) DO UPDATE
       SET last_message_id = excluded.last_message_id, last_at = excluded.last_at,
           waiting_since = CASE WHEN $2 <> 'staff' THEN least(c.waiting_since, excluded.waiting_since) END,
           answered_by = coalesce(excluded.answered_by, c.answered_by),
           answered_at = coalesce(excluded.answered_at, c.answered_at),
           appid = coalesce(excluded.appid, c.appid), openid = coalesce(excluded.openid, c.openid)
)
SELECT id FROM said
"""
# Beside the conversation: what the service itself said. Nobody waits for it, and nobody has to be told.
_ECHO = """
INSERT INTO ticket_messages (ticket_id, author, kind, text, sent_at, created_at) VALUES ($1, 'system', $2, $3, $4, $5)
"""

_LINES = {
    (Author.CUSTOMER, MessageKind.MENU_TAP): "客户评价了这次咨询",
    (Author.STAFF, MessageKind.SURVEY): "请客户评价这次咨询",
}
_LINE = {Author.CUSTOMER: "客户发来消息", Author.STAFF: "回复了客户"}


@dataclass(frozen=True)
class Origin:
    """Which person in which account of WeChat's said it, and by which callback."""

    appid: str
    openid: str
    inbound_id: int


@dataclass(frozen=True)
class Draft:
    author: Author
    kind: MessageKind
    text: str
    sent_at: datetime
    attachment_ids: Sequence[UUID] = ()
    origin: Origin | None = None


async def say(
    connection: asyncpg.Connection,
    s: Situation,
    draft: Draft,
    *,
    actor: Actor,
    now: datetime,
    notices: Sequence[Notice] = (),
) -> int:
    """The id of the message. The caller gives the transaction and holds the ticket's lock."""
    origin = draft.origin
    message_id: int = await connection.fetchval(
        _SAY,
        s.id,
        draft.author.value,
        actor.id if draft.author is Author.STAFF else None,
        draft.kind.value,
        draft.text,
        list(draft.attachment_ids),
        origin.appid if origin else None,
        origin.openid if origin else None,
        origin.inbound_id if origin else None,
        draft.sent_at,
        now,
        draft.author is Author.CUSTOMER and draft.kind is not MessageKind.MENU_TAP,
    )
    text = _LINES.get((draft.author, draft.kind)) or _LINE[draft.author]
    entry = Entry("message", text, {"message": message_id})
    if draft.author is Author.STAFF and s.state is State.SUBMITTED and not s.on_site:
        # He has his answer; what he waits for from now on is the solution.
        s = promised(s._replace(attended=True), now, before=s)
    after = await add_fact(connection, s, entry, actor=actor, now=now, notices=notices)
    if draft.author is Author.CUSTOMER and draft.kind is MessageKind.TEXT:
        await heed(connection, after, draft.text, actor=actor, now=now)
    return message_id


async def echo(
    connection: asyncpg.Connection,
    ticket_id: int,
    kind: MessageKind,
    text: str,
    *,
    at: datetime,
    now: datetime,
) -> None:
    """Keep what the service itself said, so that everybody sees it in its place."""
    await connection.execute(_ECHO, ticket_id, kind.value, text, at, now)

"""What the people of a ticket write to each other through the API and the pages."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg

from app.domain.actor import Actor
from app.domain.conversation.survey import QUESTION
from app.domain.conversation.words import Author, MessageKind, line
from app.domain.lifecycle import ENDS, Role
from app.domain.notices import Notice, reply
from app.domain.situation import Situation
from app.errors import Conflict, InvalidInput, TooManyRequests
from app.schemas.conversations import MessageIn
from app.services.attachments.attach import attach
from app.services.conversations.audience import tell_staff
from app.services.conversations.present import COLUMNS, present
from app.services.conversations.read import require_close
from app.services.conversations.resume import resume
from app.services.conversations.say import Draft, echo, say
from app.services.conversations.survey import ask
from app.services.idempotency import Once
from app.services.tickets.load import load
from app.services.tickets.present import SignUrl

# Nobody types faster; what is more is a script.
MOST_AT_ONCE, PERIOD = 30, timedelta(minutes=5)

_ONE = f"""
SELECT {COLUMNS} FROM ticket_messages m LEFT JOIN staff st ON st.id = m.staff_id WHERE m.id = $1
"""
_LATELY = (
    "SELECT count(*) FROM ticket_messages WHERE ticket_id = $1 AND author = 'customer' AND created_at > $2"
)


class ConversationEnded(Conflict):
    code, title = "conversation_ended", "Conversation ended"
    msg = "这张工单已结束，如有问题请申请返修，或在公众号里直接给我们发消息。"


class NobodyToAsk(Conflict):
    code, title = "nobody_to_ask", "Nobody to ask"
    msg = "客户没有在微信里发过消息，或已经评价过，不能再发送满意度调查。"


async def write_message(
    connection: asyncpg.Connection,
    number: str,
    body: MessageIn,
    *,
    once: Once,
    sign_url: SignUrl,
    now: datetime,
) -> dict[str, Any]:
    """The message as its author sees it; the same again for the same key.

    Errors: not_in_conversation, conversation_ended, nobody_to_ask, too_many_requests, invalid_input.
    """
    actor = once.actor
    s = await load(connection, number, actor, lock=True)
    require_close(s, actor)
    earlier = await once.earlier(connection, now)
    if earlier is None:
        message_id = await _write(connection, s, body, actor, now)
        await once.keep(connection, {"id": message_id})
    else:
        message_id = earlier["id"]
    return present(await connection.fetchrow(_ONE, message_id), actor, sign_url)


async def _write(
    connection: asyncpg.Connection, s: Situation, body: MessageIn, actor: Actor, now: datetime
) -> int:
    await _admit(connection, s, body, actor, now)
    photos = await attach(connection, ids=body.attachment_ids, ticket_id=s.id, actor=actor)
    if actor.role is Role.CUSTOMER:
        return await _from_customer(connection, s, body, actor, now)
    return await _from_staff(connection, s, body, [UUID(photo.id) for photo in photos], actor, now)


async def _admit(
    connection: asyncpg.Connection, s: Situation, body: MessageIn, actor: Actor, now: datetime
) -> None:
    if actor.role is not Role.CUSTOMER:
        return
    if body.survey:
        raise InvalidInput.at("body.survey", "满意度调查由客服发送。", "staff_only")
    if s.state in ENDS:
        raise ConversationEnded
    if await connection.fetchval(_LATELY, s.id, now - PERIOD) >= MOST_AT_ONCE:
        raise TooManyRequests("您发得太快了，我们都收到了，请稍等客服回复。", retry_after=60)


async def _from_customer(
    connection: asyncpg.Connection, s: Situation, body: MessageIn, actor: Actor, now: datetime
) -> int:
    kind = _kind(body.text, body.attachment_ids)
    words = line(kind, body.text, len(body.attachment_ids))
    notices = await tell_staff(connection, s, words, now)
    draft = Draft(Author.CUSTOMER, kind, body.text, now, list(dict.fromkeys(body.attachment_ids)))
    message_id = await say(connection, s, draft, actor=actor, now=now, notices=notices)
    await resume(connection, s, body.text or words, actor=actor, now=now)
    return message_id


async def _from_staff(
    connection: asyncpg.Connection,
    s: Situation,
    body: MessageIn,
    photos: Sequence[UUID],
    actor: Actor,
    now: datetime,
) -> int:
    asked = await ask(connection, s, now) if body.survey else ()
    if body.survey and not asked:
        raise NobodyToAsk
    if not body.text and not photos:
        draft = Draft(Author.STAFF, MessageKind.SURVEY, QUESTION, now)
        return await say(connection, s, draft, actor=actor, now=now, notices=asked)
    kind = _kind(body.text, photos)
    answered: list[Notice] = [reply(s, line(kind, body.text, len(photos)), now), *asked]
    draft = Draft(Author.STAFF, kind, body.text, now, photos)
    message_id = await say(connection, s, draft, actor=actor, now=now, notices=answered)
    if asked:
        await echo(connection, s.id, MessageKind.SURVEY, QUESTION, at=now, now=now)
    return message_id


def _kind(text: str, photos: Sequence[UUID]) -> MessageKind:
    return MessageKind.IMAGE if photos and not text else MessageKind.TEXT

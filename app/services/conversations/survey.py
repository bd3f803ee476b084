"""Satisfaction by one tap: asked after a chat, kept once for each conversation, never mixed with the ratings."""

from datetime import datetime

import asyncpg

from app.domain.actor import Actor
from app.domain.conversation.survey import QUESTION, Tap
from app.domain.conversation.words import SATISFACTION_LABELS, Author, MessageKind, Satisfaction
from app.domain.lifecycle import Role
from app.domain.notices import Notice, staff_notice, survey
from app.domain.situation import Situation
from app.services.conversations.say import Draft, Origin, echo, say
from app.services.tickets.load import load_by_id
from app.services.tickets.managers import managers_of

# Only who wrote to us in WeChat can be shown the menu, and nobody is asked again after he has answered.
_ASK = """
UPDATE conversations SET surveyed_at = $2 WHERE ticket_id = $1 AND appid IS NOT NULL AND satisfaction IS NULL
RETURNING 1
"""
_OWNED = "SELECT id FROM tickets WHERE id = $1 AND customer_id = $2::uuid"
_TAKE = """
UPDATE conversations SET satisfaction = $2, satisfied_at = $3 WHERE ticket_id = $1 AND satisfaction IS NULL RETURNING 1
"""


async def ask(connection: asyncpg.Connection, s: Situation, now: datetime) -> tuple[Notice, ...]:
    """The notice that asks the customer of this chat, or nothing where there is nobody to ask."""
    if await connection.fetchval(_ASK, s.id, now) is None:
        return ()
    return (survey(s),)


async def ask_after(connection: asyncpg.Connection, s: Situation, now: datetime) -> tuple[Notice, ...]:
    """As ``ask``, when the end of the chat is another event than a message."""
    notices = await ask(connection, s, now)
    if notices:
        await echo(connection, s.id, MessageKind.SURVEY, QUESTION, at=now, now=now)
    return notices


async def tapped(
    connection: asyncpg.Connection,
    customer_id: str,
    tap: Tap,
    origin: Origin,
    sent_at: datetime,
    now: datetime,
) -> str | None:
    """What became of it; None when the menu was not this customer's, whose tap is then mere text."""
    if await connection.fetchval(_OWNED, tap.ticket_id, customer_id) is None:
        return None
    s = await load_by_id(connection, tap.ticket_id, lock=True)
    if await connection.fetchval(_TAKE, s.id, tap.answer.value, sent_at) is None:
        return "tapped_before"
    draft = Draft(Author.CUSTOMER, MessageKind.MENU_TAP, SATISFACTION_LABELS[tap.answer], sent_at, (), origin)
    notices = await _unhappy(connection, s, now) if tap.answer is Satisfaction.BAD else []
    await say(connection, s, draft, actor=Actor(Role.CUSTOMER, customer_id), now=now, notices=notices)
    return "tapped"


async def _unhappy(connection: asyncpg.Connection, s: Situation, now: datetime) -> list[Notice]:
    managers = await managers_of(connection, s)
    hint = "客户对咨询不满意，请跟进"
    return [staff_notice(s, each, matter=s.service, level="不满意", hint=hint, at=now) for each in managers]

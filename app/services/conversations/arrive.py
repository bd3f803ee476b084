"""A customer wrote in WeChat: his words become a message on his newest open ticket, or open one.

The caller gives the transaction; the callback that brought the message is marked in the same.
"""

import uuid
from datetime import datetime, timedelta

import asyncpg

from app.domain.actor import Actor
from app.domain.conversation.standing import Standing, for_text
from app.domain.conversation.survey import tap
from app.domain.conversation.words import LONGEST, Author, MessageKind, line
from app.domain.lifecycle import ENDS, Role, State
from app.domain.situation import Channel, Purpose, ServiceType, Situation
from app.schemas.conversations import ChatContact, ChatTicket
from app.services.attachments.keep import Kept
from app.services.attachments.upload import MAX_ON_TICKET
from app.services.conversations.audience import tell_staff
from app.services.conversations.prepare import Prepared
from app.services.conversations.resume import resume
from app.services.conversations.say import Draft, Origin, echo, say
from app.services.conversations.survey import tapped
from app.services.tickets.load import load, load_by_id
from app.services.tickets.submit import Intake, submit
from app.wechat.callbacks import Inbound
from app.wechat.events import NoteSent, PictureSent, TextSent
from app.wechat.notes import note

# What is finished stays the subject for a while: "still broken" belongs to it, a new trouble does not.
_FINISHED = (State.COMPLETED, State.CONFIRMED)
_WARM = timedelta(hours=48)
_UNNAMED = "微信用户"
SMALL_TALK = "small_talk"

_ALONE = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))"
_WRITER = "SELECT customer_id::text, staff_id::text FROM wechat_identities WHERE appid = $1 AND openid = $2"
_NEW_CUSTOMER = "INSERT INTO customers (id, nickname, phone) VALUES ($1, '', '')"
# Who writes to an official account follows it, whatever became of the event that should have said so.
_NEW_IDENTITY = """
INSERT INTO wechat_identities AS w (appid, openid, customer_id, follows, followed_at)
VALUES ($1, $2, $3, $4, CASE WHEN $4 THEN $5::timestamptz END)
ON CONFLICT (appid, openid) DO UPDATE SET customer_id = coalesce(w.customer_id, excluded.customer_id)
RETURNING customer_id::text
"""
_NEWEST = """
SELECT id FROM tickets
 WHERE customer_id = $1::uuid AND state <> ALL ($2) AND (state <> ALL ($3) OR entered_at > $4)
 ORDER BY id DESC LIMIT 1
"""
_CUSTOMER = "SELECT nickname, phone FROM customers WHERE id = $1::uuid"
_PHOTOS = "SELECT count(*) FROM attachments WHERE ticket_id = $1"
_PHOTO = """
INSERT INTO attachments (id, customer_id, ticket_id, purpose, sha256, media_type, size, width, height, created_at)
VALUES ($1, $2::uuid, $3, $4, $5, $6, $7, $8, $9, $10)
"""

Said = TextSent | PictureSent | NoteSent


async def arrived(
    connection: asyncpg.Connection,
    message: Inbound,
    inbound_id: int,
    said: Said,
    prepared: Prepared,
    now: datetime,
) -> str:
    """What was done, in a word."""
    await connection.execute(_ALONE, f"{message.appid}:{message.openid}")
    customer_id = await _writer(connection, message, prepared)
    if customer_id is None:
        return "staff"
    await connection.execute(_ALONE, f"conversation {customer_id}")
    origin = Origin(message.appid, message.openid, inbound_id)
    taken = tap(said.menu_id) if isinstance(said, TextSent) else None
    if taken and (done := await tapped(connection, customer_id, taken, origin, message.create_time, now)):
        return done
    standing = for_text(said.content) if isinstance(said, TextSent) else None
    s, opened = await _newest(connection, customer_id, now), False
    if s is None:
        if standing is not None and not standing.opens:
            return SMALL_TALK
        s, opened = await _open(connection, customer_id, _described(said), now), True
    await _say(connection, s, said, prepared, origin, message.create_time, now)
    if standing is not None and prepared.in_passing:
        await _keep_answer(connection, s, standing, message.create_time, now)
    return "opened" if opened else "continued"


async def _writer(connection: asyncpg.Connection, message: Inbound, prepared: Prepared) -> str | None:
    """None for a colleague, who has better ways to reach the desk."""
    row = await connection.fetchrow(_WRITER, message.appid, message.openid)
    if row is not None and row["staff_id"] is not None:
        return None
    if row is not None and row["customer_id"] is not None:
        known: str = row["customer_id"]
        return known
    made = uuid.uuid4()
    await connection.execute(_NEW_CUSTOMER, made)
    # Another callback of his, that of following, may have made him known since we looked.
    owner: str = await connection.fetchval(
        _NEW_IDENTITY, message.appid, message.openid, made, prepared.in_passing, message.create_time
    )
    return owner


async def _newest(connection: asyncpg.Connection, customer_id: str, now: datetime) -> Situation | None:
    ticket_id = await connection.fetchval(_NEWEST, customer_id, sorted(ENDS), list(_FINISHED), now - _WARM)
    return None if ticket_id is None else await load_by_id(connection, ticket_id, lock=True)


async def _open(connection: asyncpg.Connection, customer_id: str, text: str, now: datetime) -> Situation:
    person = await connection.fetchrow(_CUSTOMER, customer_id)
    body = ChatTicket(
        service_type=ServiceType.CONSULTATION,
        fault=text,
        contact=ChatContact(name=person["nickname"] or _UNNAMED, phone=person["phone"]),
    )
    actor = Actor(Role.CUSTOMER, customer_id)
    made = await submit(connection, Intake(body, actor, None, now, Channel.CHAT), _unsigned)
    return await load(connection, made["number"], actor, lock=True)


async def _say(
    connection: asyncpg.Connection,
    s: Situation,
    said: Said,
    prepared: Prepared,
    origin: Origin,
    sent_at: datetime,
    now: datetime,
) -> None:
    photo = await _attached(connection, s, prepared.picture, now)
    kind, text = _kept(said, photo is not None)
    draft = Draft(Author.CUSTOMER, kind, text, sent_at, [photo] if photo else [], origin)
    words, actor = line(kind, text, len(draft.attachment_ids)), Actor(Role.CUSTOMER, s.customer_id)
    notices = await tell_staff(connection, s, words, now)
    await say(connection, s, draft, actor=actor, now=now, notices=notices)
    await resume(connection, s, text or words, actor=actor, now=now)


async def _attached(
    connection: asyncpg.Connection, s: Situation, picture: Kept | None, now: datetime
) -> uuid.UUID | None:
    if picture is None or await connection.fetchval(_PHOTOS, s.id) >= MAX_ON_TICKET:
        return None
    await connection.execute(
        _PHOTO,
        picture.id,
        s.customer_id,
        s.id,
        Purpose.REPORT.value,
        picture.sha256,
        picture.media_type,
        picture.size,
        picture.width,
        picture.height,
        now,
    )
    return picture.id


async def _keep_answer(
    connection: asyncpg.Connection, s: Situation, standing: Standing, at: datetime, now: datetime
) -> None:
    if standing.text:
        await echo(connection, s.id, MessageKind.TEXT, standing.plain, at=at, now=now)


def _kept(said: Said, has_photo: bool) -> tuple[MessageKind, str]:
    match said:
        case TextSent(content, _):
            return MessageKind.TEXT, content.strip()[:LONGEST]
        case PictureSent() if has_photo:
            return MessageKind.IMAGE, ""
        case PictureSent():
            return MessageKind.NOTE, note("image", {})
        case NoteSent(words):
            return MessageKind.NOTE, words[:LONGEST]


def _described(said: Said) -> str:
    """The description of a ticket that begins with this message."""
    return "客户发来一张图片" if isinstance(said, PictureSent) else _kept(said, False)[1]


def _unsigned(_attachment_id: str, _variant: str, _viewer: str) -> str:
    """Nobody sees the answer to a report that came by message."""
    return ""

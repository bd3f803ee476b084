"""My phone number: proved by WeChat's button, or typed. Only the proved one opens what an agent wrote down for it."""

import uuid
from datetime import datetime

import asyncpg
from prometheus_client import Counter
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.db import driver
from app.domain.actor import Actor
from app.models.people import MergeCause, PhoneSource
from app.schemas.common import mask_phone
from app.schemas.customers import PhoneIn, PhoneOut
from app.services.customers.merge import Wish, merge
from app.services.sessions.ports import CodeExchange, UnknownAccount

ASKED = Counter(
    "wechat_phone_numbers_total", "Phone numbers that WeChat gave out; all but the first thousand cost money."
)

_MINE = "SELECT phone, phone_source, phone_verified_at FROM customers WHERE id = $1"
# The same lock as an agent takes who writes down a report for this number.
_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended('customer ' || $1, 0))"
_KEEP = """
UPDATE customers SET phone = $2, phone_source = $3, phone_verified_at = $4
 WHERE id = $1 AND NOT (phone = $2 AND phone_verified_at IS NOT NULL AND $4::timestamptz IS NULL)
"""
# Nobody but an agent has ever spoken for these: they have no WeChat of their own.
_WRITTEN_DOWN = """
SELECT c.id FROM customers c
 WHERE c.phone = $2 AND c.id <> $1 AND c.merged_into IS NULL AND c.phone_source IS DISTINCT FROM 'typed'
   AND NOT EXISTS (SELECT FROM wechat_identities w WHERE w.customer_id = c.id)
   AND NOT EXISTS (SELECT FROM customer_merges m WHERE m.undone_at IS NOT NULL
                      AND m.customer_id = c.id AND m.into_id = $1)
 ORDER BY c.id
"""


async def put_phone(
    sessions: async_sessionmaker[AsyncSession],
    wechat: CodeExchange,
    body: PhoneIn,
    *,
    actor: Actor,
    appid: str,
    now: datetime,
) -> PhoneOut:
    """Errors: unknown_account, phone_code_expired, phone_unavailable, too_many_requests."""
    if body.phone is not None:
        async with sessions.begin() as session:
            return await _typed(await driver(session), body.phone, actor)
    if not body.replace:
        async with sessions.begin() as session:
            known = await _proved(await driver(session), actor)
        if known is not None:
            return known
    phone = await _ask(wechat, body, appid)
    async with sessions.begin() as session:
        return await _proven(await driver(session), phone, actor, now)


async def _ask(wechat: CodeExchange, body: PhoneIn, appid: str) -> str:
    account = body.appid or appid
    if not wechat.knows(account, "mini"):
        raise UnknownAccount.at("body.appid", UnknownAccount.msg, UnknownAccount.code)
    phone = await wechat.phone_number(account, body.code or "")
    ASKED.inc()
    return phone


async def _proved(connection: asyncpg.Connection, actor: Actor) -> PhoneOut | None:
    """Every answer of WeChat's costs money: one that we have is not asked for again."""
    row = await connection.fetchrow(_MINE, actor.id)
    if row is None or row["phone_verified_at"] is None or row["phone_source"] != PhoneSource.WECHAT:
        return None
    return _told(row["phone"], verified=True)


async def _typed(connection: asyncpg.Connection, phone: str, actor: Actor) -> PhoneOut:
    await connection.execute(_KEEP, actor.id, phone, PhoneSource.TYPED.value, None)
    row = await connection.fetchrow(_MINE, actor.id)
    return _told(phone, verified=row["phone_verified_at"] is not None)


async def _proven(connection: asyncpg.Connection, phone: str, actor: Actor, now: datetime) -> PhoneOut:
    await connection.execute(_ONE_AT_A_TIME, phone)
    await connection.execute(_KEEP, actor.id, phone, PhoneSource.WECHAT.value, now)
    joined = 0
    me = uuid.UUID(actor.id)
    for row in await connection.fetch(_WRITTEN_DOWN, me, phone):
        wish = Wish(row["id"], me, MergeCause.PHONE, "本人验证了该手机号")
        done = await merge(connection, wish, actor=actor, now=now)
        joined += len(done.moved.of("tickets"))
    return _told(phone, verified=True, joined=joined)


def _told(phone: str, *, verified: bool, joined: int = 0) -> PhoneOut:
    return PhoneOut(phone_masked=mask_phone(phone), phone_verified=verified, joined_tickets=joined)

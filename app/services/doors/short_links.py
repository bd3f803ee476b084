"""Addresses for text messages. WeChat's own links end after thirty days, so one is made when somebody follows ours."""

import secrets
from datetime import datetime, timedelta

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.db import driver
from app.errors import NotFound
from app.services.doors.ports import Doors
from app.wechat.errors import WeChatError

_ALPHABET = "23456789BCDFGHJKLMNPQRSTVWXZbcdfghjkmnpqrstvwxz"
_LENGTH = 10
DAYS = 30
# A link that is about to end could end before it is opened.
_SPARE = timedelta(hours=1)

_CREATE = """
INSERT INTO short_links (code, page, query, fallback, created_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (page, query) DO UPDATE SET fallback = excluded.fallback RETURNING code
"""
_FIND = "SELECT page, query, fallback, url_link, url_link_expires_at FROM short_links WHERE code = $1"
_KEEP = "UPDATE short_links SET url_link = $2, url_link_expires_at = $3 WHERE code = $1"


async def short_link_for_ticket(
    connection: asyncpg.Connection, number: str, *, page: str, public_base_url: str, now: datetime
) -> str:
    """The address to put into a text message about this ticket; the same one each time."""
    code = "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
    made = await connection.fetchval(_CREATE, code, page, f"number={number}", f"/h5/tickets/{number}", now)
    return f"{public_base_url.rstrip('/')}/s/{made}"


async def follow(
    sessions: async_sessionmaker[AsyncSession], doors: Doors | None, code: str, *, now: datetime
) -> str:
    """Where to send whoever follows it: into the mini-program, or to the page on our host when WeChat cannot."""
    async with sessions.begin() as session:
        row = await (await driver(session)).fetchrow(_FIND, code)
    if row is None:
        raise NotFound
    known: str | None = row["url_link"]
    if known and row["url_link_expires_at"] > now + _SPARE:
        return known
    fallback: str = row["fallback"]
    if doors is None:
        return fallback
    try:
        minted = await doors.url_link(row["page"], row["query"], DAYS)
    except (WeChatError, ValueError):
        # No mini-program, no quota, no WeChat: the page says the same.
        return fallback
    async with sessions.begin() as session:
        await (await driver(session)).execute(_KEEP, code, minted, now + timedelta(days=DAYS))
    return minted

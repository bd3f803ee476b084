"""Keep a callback of WeChat before it is answered; a repeated one is the same row."""

import asyncio
import logging
from datetime import datetime

import asyncpg

from app.db import LOST
from app.errors import Unavailable
from app.wechat.callbacks import Inbound

# One statement, prepared once on each connection, that commits by itself.
_STORE = """
WITH stored AS (
    INSERT INTO wechat_inbound (dedup_key, appid, openid, kind, raw, received_at)
    VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (dedup_key) DO NOTHING RETURNING id
)
SELECT id, pg_notify('huixiang', 'inbound') FROM stored
"""

log = logging.getLogger(__name__)


class NotKept(Unavailable):
    """WeChat must not hear ``success`` for what may be nowhere; it will call again."""

    code, title = "callback_not_kept", "Callback not kept"
    msg = "暂时无法保存回调，请稍后重试。"


async def keep(pool: asyncpg.Pool, message: Inbound, now: datetime, *, within: float) -> bool:
    """Committed when this returns, True when it was new. Raises NotKept after ``within`` seconds at the latest.

    A connection may have died unnoticed; since a repetition changes nothing, it is tried once more on another.
    """
    try:
        async with asyncio.timeout(within):
            try:
                return await _keep(pool, message, now)
            except LOST:
                return await _keep(pool, message, now)
    except (TimeoutError, *LOST) as error:
        log.warning("callback.not_kept", extra={"error": type(error).__name__, "appid": message.appid})
        raise NotKept from error


async def _keep(pool: asyncpg.Pool, message: Inbound, now: datetime) -> bool:
    async with pool.acquire() as connection:
        return await store(connection, message, now)


async def store(connection: asyncpg.Connection, message: Inbound, now: datetime) -> bool:
    """True when it was new. Its effect runs later, from the row."""
    kind = message.event or message.msg_type
    stored = await connection.fetchval(
        _STORE,
        bytes.fromhex(message.dedup_key),
        message.appid,
        message.openid,
        kind,
        message.raw,
        now,
    )
    return stored is not None

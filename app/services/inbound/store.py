"""Keep a callback of WeChat before it is answered; a repeated one is the same row."""

from datetime import datetime

import asyncpg

from app.wechat.callbacks import Inbound

_STORE = """
WITH stored AS (
    INSERT INTO wechat_inbound (dedup_key, appid, openid, kind, raw, received_at)
    VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (dedup_key) DO NOTHING RETURNING id
)
SELECT id, pg_notify('huixiang', 'inbound') FROM stored
"""


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

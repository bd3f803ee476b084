"""Give each stored callback its effect, once: the effect and the mark that it happened are one transaction.

What has to ask WeChat first (who is this follower?) does so before the transaction begins.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Protocol

import asyncpg

from app.services.inbound import consents, delivery, follow
from app.services.windows.windows import open_window
from app.wechat.callbacks import Inbound, read_message
from app.wechat.errors import WeChatError
from app.wechat.events import (
    ConsentsChanged,
    ConsentsGiven,
    Subscribed,
    SubscribesSent,
    TemplateJobFinished,
    Unsubscribed,
    view,
)

MOST_ATTEMPTS = 8
BATCH = 50

log = logging.getLogger(__name__)

_DUE = """
SELECT id, appid, openid, raw, attempts FROM wechat_inbound
 WHERE handled_at IS NULL AND (retry_at IS NULL OR retry_at <= $1)
 ORDER BY id LIMIT $2
"""
_CLAIM = "SELECT id FROM wechat_inbound WHERE id = $1 AND handled_at IS NULL FOR UPDATE SKIP LOCKED"
_HANDLED = "UPDATE wechat_inbound SET handled_at = $2, result = $3, attempts = attempts + 1 WHERE id = $1"
_AGAIN = "UPDATE wechat_inbound SET retry_at = $2, result = $3, attempts = attempts + 1 WHERE id = $1"


@dataclass(frozen=True)
class Stored:
    id: int
    attempts: int
    appid: str
    raw: str

    @cached_property
    def message(self) -> Inbound:
        """Raises Rejected for a row that this version cannot read, although an earlier one took it."""
        return read_message(self.appid, self.raw)


class Directory(Protocol):
    """Whom WeChat knows behind an openid; None when it knows no unionid."""

    async def unionid(self, appid: str, openid: str) -> str | None: ...


async def due(connection: asyncpg.Connection, now: datetime, *, limit: int = BATCH) -> list[Stored]:
    rows = await connection.fetch(_DUE, now, limit)
    return [Stored(row["id"], row["attempts"], row["appid"], row["raw"]) for row in rows]


async def look_up(message: Inbound, directory: Directory) -> str | None:
    """What has to be asked of WeChat before the effect; a failure costs only the link between accounts."""
    if not isinstance(view(message), Subscribed):
        return None
    try:
        return await directory.unionid(message.appid, message.openid)
    except WeChatError as error:
        log.warning("inbound.unionid_unknown", extra={"errcode": error.errcode, "rid": error.rid})
        return None


async def handle(connection: asyncpg.Connection, stored: Stored, unionid: str | None, now: datetime) -> None:
    """Effect and mark. The caller gives the transaction; another worker's hold on the row is respected."""
    if await connection.fetchval(_CLAIM, stored.id) is None:
        return
    await open_window(connection, stored.message)
    result = await _effect(connection, stored.message, unionid, now)
    if result is None:
        await put_off(connection, stored, now)
    else:
        await connection.execute(_HANDLED, stored.id, now, result)


async def put_off(connection: asyncpg.Connection, stored: Stored, now: datetime) -> None:
    """Try again later; after some tries it is left as it is, for people to look at."""
    if stored.attempts + 1 >= MOST_ATTEMPTS:
        await connection.execute(_HANDLED, stored.id, now, "unmatched")
        return
    wait = timedelta(seconds=2 ** min(stored.attempts, 6))
    await connection.execute(_AGAIN, stored.id, now + wait, "waiting")


async def _effect(
    connection: asyncpg.Connection, message: Inbound, unionid: str | None, now: datetime
) -> str | None:
    """What was done, in a word; None when it cannot be done yet."""
    match view(message):
        case Subscribed():
            at = message.create_time
            await follow.followed(connection, message.appid, message.openid, unionid, at)
            return "followed"
        case Unsubscribed():
            await follow.unfollowed(connection, message.appid, message.openid, message.create_time)
            return "unfollowed"
        case TemplateJobFinished(msgid, status):
            # The event may overtake the answer that names its msgid: then it waits for that to be written.
            done = await delivery.delivered(connection, message.appid, message.openid, msgid, status, now)
            return "delivery" if done else None
        case ConsentsGiven(found):
            await consents.given(connection, message, found)
            return "consents"
        case ConsentsChanged(found):
            await consents.changed(connection, message, found)
            return "consents"
        case SubscribesSent(messages):
            told = await delivery.subscribes_sent(connection, message.appid, message.openid, messages, now)
            return "delivery" if told else None
        case _:
            return "kept"

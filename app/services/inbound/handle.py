"""Give each stored callback its effect, once: the effect and the mark that it happened are one transaction.

What has to ask WeChat first (who is this follower?) does so before the transaction begins.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Protocol

import asyncpg

from app.services.alarms.raise_alarm import raise_alarm
from app.services.content.media import media_checked
from app.services.conversations.arrive import arrived
from app.services.conversations.prepare import Prepared
from app.services.customers import revoked
from app.services.doors.scanned import Answer, answer_scan
from app.services.inbound import consents, delivery, follow
from app.services.windows.windows import open_window
from app.wechat.callbacks import Inbound, read_message
from app.wechat.errors import WeChatError
from app.wechat.events import (
    AuthorizationRevoked,
    ConsentsChanged,
    ConsentsGiven,
    MediaChecked,
    NoteSent,
    Other,
    PictureSent,
    ProfileModified,
    Punished,
    Scanned,
    Subscribed,
    SubscribesSent,
    TemplateJobFinished,
    TextSent,
    Unsubscribed,
    UserCancelled,
    View,
    view,
)

MOST_ATTEMPTS = 8
BATCH = 50

log = logging.getLogger(__name__)

_DUE = """
SELECT id, appid, openid, raw, attempts FROM wechat_inbound
 WHERE handled_at IS NULL AND (retry_at IS NULL OR retry_at <= $1)
   AND ($3::boolean IS NULL OR (kind = 'image') = $3)
 ORDER BY received_at, id LIMIT $2
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

    @property
    def last_try(self) -> bool:
        return self.attempts + 1 >= MOST_ATTEMPTS

    @cached_property
    def message(self) -> Inbound:
        """Raises Rejected for a row that this version cannot read, although an earlier one took it."""
        return read_message(self.appid, self.raw)


@dataclass(frozen=True)
class Handled:
    """What was done, in a word; None when nothing was.

    ``answer`` is to be said in the chat once the transaction is committed: at most once, since nothing but this one
    handling ever gives it.
    """

    result: str | None = None
    answer: Answer | None = None


class Directory(Protocol):
    """Whom WeChat knows behind an openid; None when it knows no unionid."""

    async def unionid(self, appid: str, openid: str) -> str | None: ...


async def due(
    connection: asyncpg.Connection, now: datetime, *, limit: int = BATCH, pictures: bool | None = None
) -> list[Stored]:
    """``pictures`` True or False: those with or without something to fetch; the ones must not hold up the others."""
    rows = await connection.fetch(_DUE, now, limit, pictures)
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


async def handle(
    connection: asyncpg.Connection,
    stored: Stored,
    unionid: str | None,
    now: datetime,
    *,
    prepared: Prepared = Prepared(),
) -> Handled:
    """Effect and mark. The caller gives the transaction; another worker's hold on the row is respected."""
    if await connection.fetchval(_CLAIM, stored.id) is None:
        return Handled()
    await open_window(connection, stored.message)
    result = await _effect(connection, stored, unionid, prepared, now)
    if result is None:
        await put_off(connection, stored, now)
        return Handled()
    await connection.execute(_HANDLED, stored.id, now, result)
    return Handled(result, await answer_scan(connection, stored.message, now))


async def put_off(connection: asyncpg.Connection, stored: Stored, now: datetime) -> None:
    """Try again later; after some tries it is left as it is, for people to look at."""
    if stored.last_try:
        await connection.execute(_HANDLED, stored.id, now, "unmatched")
        return
    wait = timedelta(seconds=2 ** min(stored.attempts, 6))
    await connection.execute(_AGAIN, stored.id, now + wait, "waiting")


async def _effect(
    connection: asyncpg.Connection, stored: Stored, unionid: str | None, prepared: Prepared, now: datetime
) -> str | None:
    """What was done, in a word; None when it cannot be done yet."""
    message = stored.message
    match view(message):
        case Subscribed():
            at = message.create_time
            await follow.followed(connection, message.appid, message.openid, unionid, at)
            return "followed"
        case Scanned():
            return "scanned"
        case Unsubscribed():
            await follow.unfollowed(connection, message.appid, message.openid, message.create_time)
            return "unfollowed"
        case ConsentsGiven(found):
            await consents.given(connection, message, found)
            return "consents"
        case ConsentsChanged(found):
            await consents.changed(connection, message, found)
            return "consents"
        case TextSent() | PictureSent() | NoteSent() as said:
            return await arrived(connection, message, stored.id, said, prepared, now)
        case told:
            return await _told(connection, message, told, now)


async def _told(connection: asyncpg.Connection, message: Inbound, told: View, now: datetime) -> str | None:
    """What the platform itself reports, as distinct from what a person did."""
    match told:
        case TemplateJobFinished(msgid, status):
            # The event may overtake the answer that names its msgid: then it waits for that to be written.
            done = await delivery.delivered(connection, message.appid, message.openid, msgid, status, now)
            return "delivery" if done else None
        case SubscribesSent(messages):
            done = await delivery.subscribes_sent(connection, message.appid, message.openid, messages, now)
            return "delivery" if done else None
        case AuthorizationRevoked(openid, scopes):
            erased = await revoked.revoked(connection, message.appid, openid, scopes, now)
            return "erased" if erased else "kept"
        case ProfileModified(openid):
            erased = await revoked.modified(connection, message.appid, openid, now)
            return "erased" if erased else "kept"
        case UserCancelled(openid):
            await revoked.cancelled(connection, message.appid, openid, now)
            return "erased"
        case MediaChecked() as checked:
            return "checked" if await media_checked(connection, message.appid, checked, now) else None
        case Punished(words):
            await raise_alarm(connection, "wechat_punished", message.appid, _measures(words), now=now)
            return "alarm"
        case Other():
            return "unknown"
        case _:
            return "kept"


def _measures(words: str) -> str:
    return f"微信对账号采取了处罚措施，请登录公众平台“站内信/违规记录”查看并处理。微信的说明：{words or '无'}"

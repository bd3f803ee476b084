"""What a try changes beside its message: what it cost, what it taught about the person, what people must mend."""

from datetime import datetime

import asyncpg

from app.domain.ladder import Channel
from app.services.alarms.raise_alarm import raise_alarm
from app.services.consents import ledger
from app.services.consents.ledger import Whose
from app.services.notifications.deliver import Tried
from app.services.templates.records import ban_card
from app.services.windows.windows import close_windows, spend_window

# Whoever followed again after the try began is reachable, whatever the try found.
_UNREACHABLE = """
UPDATE wechat_identities SET follows = FALSE, unreachable_reason = $3
 WHERE appid = $1 AND openid = $2 AND (followed_at IS NULL OR followed_at <= $4)
"""

# Not this message but the template itself was found wanting, for good.
_BANNED = frozenset({43107, 43116})


def has_aftermath(tried: Tried) -> bool:
    spends = tried.channel in (Channel.SUBSCRIBE, Channel.CUSTOM) and tried.left_the_house
    return spends or tried.unreachable is not None or tried.trouble is not None


async def aftermath(connection: asyncpg.Connection, tried: Tried, now: datetime) -> None:
    """In the transaction that settles the try."""
    if tried.trouble is not None:
        found = tried.trouble
        await raise_alarm(connection, found.kind, found.subject, found.detail, now=now, rid=found.rid)
    if tried.errcode in _BANNED and tried.appid and tried.template_id:
        await ban_card(
            connection, tried.appid, tried.template_id, f"{tried.errcode} {tried.errmsg or ''}".strip()
        )
    if tried.appid is None or tried.openid is None:
        return
    match tried.channel:
        case Channel.TEMPLATE if tried.unreachable is not None:
            began = tried.push.history.started_at
            await connection.execute(_UNREACHABLE, tried.appid, tried.openid, tried.unreachable, began)
        case Channel.SUBSCRIBE:
            await _consents(connection, tried, now)
        case Channel.CUSTOM:
            await _windows(connection, tried, now)


async def _consents(connection: asyncpg.Connection, tried: Tried, now: datetime) -> None:
    whose = Whose(tried.appid or "", tried.openid or "", tried.template_id or "")
    if tried.unreachable is not None:
        await ledger.refused(connection, whose, tried.push.id, now)
    elif tried.left_the_house:
        await ledger.spend(connection, whose, tried.push.id, now)


async def _windows(connection: asyncpg.Connection, tried: Tried, now: datetime) -> None:
    appid, openid = tried.appid or "", tried.openid or ""
    if tried.unreachable is not None:
        await close_windows(connection, appid, openid)
    elif tried.left_the_house:
        await spend_window(connection, appid, openid, now)

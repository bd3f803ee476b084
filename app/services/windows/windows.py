"""How often an account may still write to somebody who did something: opened by what he does, spent by what we send.

WeChat counts too and has the last word (45015, 45047); our count keeps us from asking in vain, and keeps two of the
five replies to a message for people.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

import asyncpg

from app.wechat.callbacks import Inbound


@dataclass(frozen=True)
class Allowance:
    count: int
    length: timedelta
    # Not for automatic messages.
    kept_for_people: int = 0


_MINUTE = timedelta(minutes=1)
ALLOWANCES: Mapping[str, Allowance] = MappingProxyType(
    {
        "message": Allowance(5, timedelta(hours=48), kept_for_people=2),
        "click": Allowance(3, _MINUTE),
        "follow": Allowance(3, _MINUTE),
        "scan": Allowance(3, _MINUTE),
        "enter": Allowance(2, _MINUTE),
    }
)
# Only these menu entries count as something that the user did; opening a page does not.
_BY_EVENT: Mapping[str, str] = MappingProxyType(
    {
        "click": "click",
        "scancode_push": "click",
        "scancode_waitmsg": "click",
        "subscribe": "follow",
        "scan": "scan",
        "user_enter_tempsession": "enter",
    }
)

# Callbacks keep no order: an older one does not shut what a newer one opened.
_OPEN = """
INSERT INTO reply_windows (appid, openid, kind, remaining, opened_at, until) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (appid, openid, kind) DO UPDATE
   SET remaining = excluded.remaining, opened_at = excluded.opened_at, until = excluded.until
 WHERE reply_windows.opened_at < excluded.opened_at
"""
# From the window that closes first, as WeChat does.
_SPEND = """
UPDATE reply_windows SET remaining = remaining - 1
 WHERE (appid, openid, kind) = (
           SELECT appid, openid, kind FROM reply_windows
            WHERE appid = $1 AND openid = $2 AND until > $3 AND remaining > 0
            ORDER BY until LIMIT 1 FOR UPDATE)
"""
_CLOSE = "UPDATE reply_windows SET remaining = 0 WHERE appid = $1 AND openid = $2"


def kind_of(message: Inbound) -> str | None:
    """Which window a callback opens, if any."""
    if message.msg_type != "event":
        return "message"
    return _BY_EVENT.get((message.event or "").lower())


def left(windows: Mapping[str, int], *, by_people: bool) -> int:
    """How many replies there are in open windows, for people or for everything else."""
    kept = {kind: 0 if by_people else ALLOWANCES[kind].kept_for_people for kind in windows}
    return sum(max(0, remaining - kept[kind]) for kind, remaining in windows.items())


async def open_window(connection: asyncpg.Connection, message: Inbound) -> None:
    """Whatever else a callback means, it may let us answer."""
    kind = kind_of(message)
    if kind is None:
        return
    allowance, at = ALLOWANCES[kind], message.create_time
    until = at + allowance.length
    await connection.execute(_OPEN, message.appid, message.openid, kind, allowance.count, at, until)


async def spend_window(connection: asyncpg.Connection, appid: str, openid: str, now: datetime) -> None:
    await connection.execute(_SPEND, appid, openid, now)


async def close_windows(connection: asyncpg.Connection, appid: str, openid: str) -> None:
    """WeChat says that there is nothing left (45015, 45047)."""
    await connection.execute(_CLOSE, appid, openid)

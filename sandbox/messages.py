"""Everything that appears, or should have appeared, in a user's chat with an account."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import orjson

from sandbox import paging
from sandbox.clock import Clock
from sandbox.paging import Page
from sandbox.people import Identity
from sandbox.store import Store, Value

Channel = Literal["template", "subscribe", "custom", "reply", "user", "system"]
DELIVERED = "delivered"
IN_REVIEW = "in_review"
# The blank after the colon is the platform's own, and only in the second one.
BLOCKED_BY_USER = "failed:user block"
FAILED_BY_SYSTEM = "failed: system failed"

_FIRST_MSGID = 3_264_000_000_000_000_000


@dataclass(frozen=True, slots=True)
class CardRow:
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Draft:
    channel: Channel
    status: str = DELIVERED
    template_id: str | None = None
    title: str = ""
    rows: tuple[CardRow, ...] = ()
    text: str = ""
    url: str | None = None
    miniprogram: dict[str, str] | None = None
    client_msg_id: str | None = None
    # Of chat messages: text, image, location, news, link, miniprogrampage, msgmenu, ...
    kind: str = ""
    content: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True)
class Message:
    id: int
    # 64 bits: more than a JavaScript number holds, hence a string wherever it leaves as JSON.
    msgid: str | None
    channel: Channel
    appid: str
    openid: str
    user: str
    nickname: str
    template_id: str | None
    title: str
    rows: list[CardRow]
    text: str
    kind: str
    # What its kind needs to be drawn: picture, choices, latitude and so on.
    content: dict[str, object] | None
    url: str | None
    miniprogram: dict[str, str] | None
    client_msg_id: str | None
    status: str
    accepted_at: float
    delivered_at: float | None
    delivered: bool
    tapped_at: float | None


class MessageIds:
    """64-bit and rising, also across restarts, because they follow the wall clock in microseconds."""

    def __init__(self) -> None:
        self._last = 0

    def next(self) -> int:
        self._last = max(self._last + 1, int(Clock.stamp() * 1_000_000))
        return _FIRST_MSGID + self._last


def add(store: Store, clock: Clock, who: Identity, draft: Draft, *, msgid: int | None = None) -> int:
    at = clock.stamp()
    return store.insert(
        "INSERT INTO messages (msgid, channel, appid, openid, user_id, template_id, title, rows, text, url,"
        " miniprogram, client_msg_id, status, sent_at, accepted_at, delivered_at, kind, content)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        msgid,
        draft.channel,
        who.appid,
        who.openid,
        who.user_id,
        draft.template_id,
        draft.title,
        orjson.dumps(draft.rows).decode(),
        draft.text,
        draft.url,
        None if draft.miniprogram is None else orjson.dumps(draft.miniprogram).decode(),
        draft.client_msg_id,
        draft.status,
        clock.now(),
        at,
        at if draft.status == DELIVERED else None,
        draft.kind,
        None if draft.content is None else orjson.dumps(draft.content).decode(),
    )


def find_sent(store: Store, who: Identity, client_msg_id: str, *, after: float) -> tuple[int, str] | None:
    """(msgid, status) of the message that already carries this client_msg_id."""
    row = store.one(
        "SELECT msgid, status FROM messages"
        " WHERE appid = ? AND openid = ? AND client_msg_id = ? AND sent_at > ? ORDER BY id DESC LIMIT 1",
        who.appid,
        who.openid,
        client_msg_id,
        after,
    )
    return None if row is None else (row["msgid"], row["status"])


def settle(store: Store, message_id: int, status: str, at: float) -> None:
    store.run(
        "UPDATE messages SET status = ?, delivered_at = ? WHERE id = ?",
        status,
        at if status == DELIVERED else None,
        message_id,
    )


def mark_tapped(store: Store, message_id: int, at: float) -> None:
    store.run("UPDATE messages SET tapped_at = ? WHERE id = ?", at, message_id)


def get(store: Store, message_id: int) -> Message | None:
    row = store.one(f"{_SELECT} WHERE m.id = ?", message_id)
    return None if row is None else _message(row)


def page(store: Store, page: Page, filters: Mapping[str, Value]) -> list[Message]:
    select = "SELECT * FROM (SELECT m.*, u.nickname FROM messages m JOIN users u ON u.id = m.user_id)"
    return [_message(row) for row in paging.rows(store, "messages", page, filters, select=select)]


def news(store: Store, since: int, delivered_since: float) -> list[Message]:
    """What is new on the phones: new rows, and older ones whose delivery came late."""
    rows = store.all(
        f"{_SELECT} WHERE m.delivered_at IS NOT NULL AND (m.id > ? OR m.delivered_at > ?)"
        " ORDER BY m.id LIMIT 500",
        since,
        delivered_since,
    )
    return [_message(row) for row in rows]


def latest_of(store: Store, user: str, limit: int) -> list[Message]:
    rows = store.all(
        f"{_SELECT} WHERE m.user_id = ? AND m.delivered_at IS NOT NULL ORDER BY m.id DESC LIMIT ?",
        user,
        limit,
    )
    return [_message(row) for row in reversed(rows)]


_SELECT = "SELECT m.*, u.nickname FROM messages m JOIN users u ON u.id = m.user_id"


def _message(row: sqlite3.Row) -> Message:
    return Message(
        id=row["id"],
        msgid=None if row["msgid"] is None else str(row["msgid"]),
        channel=row["channel"],
        appid=row["appid"],
        openid=row["openid"],
        user=row["user_id"],
        nickname=row["nickname"],
        template_id=row["template_id"],
        title=row["title"],
        rows=[CardRow(**r) for r in orjson.loads(row["rows"])],
        text=row["text"],
        kind=row["kind"],
        content=None if row["content"] is None else orjson.loads(row["content"]),
        url=row["url"],
        miniprogram=None if row["miniprogram"] is None else orjson.loads(row["miniprogram"]),
        client_msg_id=row["client_msg_id"],
        status=row["status"],
        accepted_at=row["accepted_at"],
        delivered_at=row["delivered_at"],
        delivered=row["delivered_at"] is not None,
        tapped_at=row["tapped_at"],
    )

"""One row for every request to the platform, so that a checker can count what a product really sent."""

import re
import secrets
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from sandbox import paging
from sandbox.faults import Fired
from sandbox.paging import Page
from sandbox.records import Account
from sandbox.store import Store, Value

_KEPT_TEXT = 4000
_SECRET_IN_QUERY = re.compile(r"(access_token|refresh_token|secret)=([^&]{0,6})[^&]*")
_SECRET_IN_BODY = re.compile(
    r'("(?:secret|access_token|refresh_token|ticket|session_key)"\s*:\s*"[^"]{0,6})[^"]*"'
)


@dataclass(frozen=True, slots=True)
class Upload:
    name: str
    body: bytes


@dataclass(slots=True)
class Call:
    """One request under way; the endpoint writes into it what the log is to know."""

    method: str
    path: str
    query_text: str
    raw: bytes
    client: str
    at: float
    rid: str
    query: dict[str, str]
    agent: str = ""
    content_type: str = ""
    body: dict[str, object] = field(default_factory=dict)
    upload: Upload | None = None
    account: Account | None = None
    fired: Fired = field(default_factory=Fired)
    faults: list[str] = field(default_factory=list)
    deduplicated: bool = False
    msgid: int | None = None
    # A callback that must arrive before this call is answered.
    first_deliver: int | None = None

    def text(self, name: str) -> str:
        """A text of the body, "" when it is missing or not a text."""
        value = self.body.get(name)
        return value if isinstance(value, str) else ""

    @property
    def openid(self) -> str | None:
        return self.text("touser") or self.text("openid") or self.query.get("openid")

    @property
    def caller(self) -> Account:
        if self.account is None:
            raise RuntimeError("this endpoint has no caller")
        return self.account


@dataclass(frozen=True, slots=True)
class LoggedCall:
    id: int
    rid: str
    at: float
    ms: float
    method: str
    path: str
    query: str
    body: str
    answer: str
    client: str
    appid: str | None
    openid: str | None
    template_id: str | None
    client_msg_id: str | None
    msgid: str | None
    errcode: int | None
    deduplicated: bool
    faults: list[str]


def begin(
    method: str,
    path: str,
    query: bytes,
    raw: bytes,
    client: str,
    at: float,
    *,
    agent: str = "",
    content_type: str = "",
) -> Call:
    text = query.decode("latin-1")
    given = dict(parse_qsl(text, keep_blank_values=True))
    return Call(method, path, text, raw, client, at, _rid(at), given, agent, content_type)


def _rid(at: float) -> str:
    noise = secrets.token_hex(8)
    return f"{int(at):08x}-{noise[:8]}-{noise[8:]}"


def log(
    store: Store,
    call: Call,
    *,
    appid: str | None,
    errcode: int | None,
    answer: bytes,
    ms: float,
    shown_answer: bool = True,
) -> int:
    return store.insert(
        "INSERT INTO calls (rid, at, ms, method, path, query, body, answer, client, appid, openid,"
        " template_id, client_msg_id, msgid, errcode, deduplicated, faults)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        call.rid,
        call.at,
        round(ms, 3),
        call.method,
        call.path,
        _SECRET_IN_QUERY.sub(r"\1=\2…", call.query_text),
        _shown(call.raw, call.upload is None),
        _shown(answer, shown_answer),
        call.client,
        appid,
        call.openid,
        call.text("template_id") or None,
        call.text("client_msg_id") or None,
        call.msgid,
        errcode,
        call.deduplicated,
        ",".join(call.faults),
    )


def _shown(body: bytes, is_text: bool) -> str:
    if not is_text:
        return f"({len(body)} bytes)"
    return _SECRET_IN_BODY.sub(r'\1…"', body[:_KEPT_TEXT].decode("utf-8", "replace"))


def prune(store: Store, keep: int, call_id: int) -> None:
    """Once in a while, so that the log exceeds its bound by a hundredth at most."""
    if call_id % (keep // 100 + 1) == 0:
        store.run("DELETE FROM calls WHERE id <= ?", call_id - keep)


def page(store: Store, page: Page, filters: Mapping[str, Value]) -> list[LoggedCall]:
    return [_logged(row) for row in paging.rows(store, "calls", page, filters)]


def by_rid(store: Store, rid: str) -> LoggedCall | None:
    row = store.one("SELECT * FROM calls WHERE rid = ?", rid)
    return None if row is None else _logged(row)


def _logged(row: sqlite3.Row) -> LoggedCall:
    return LoggedCall(
        id=row["id"],
        rid=row["rid"],
        at=row["at"],
        ms=row["ms"],
        method=row["method"],
        path=row["path"],
        query=row["query"],
        body=row["body"],
        answer=row["answer"],
        client=row["client"],
        appid=row["appid"],
        openid=row["openid"],
        template_id=row["template_id"],
        client_msg_id=row["client_msg_id"],
        msgid=None if row["msgid"] is None else str(row["msgid"]),
        errcode=row["errcode"],
        deduplicated=bool(row["deduplicated"]),
        faults=[name for name in row["faults"].split(",") if name],
    )

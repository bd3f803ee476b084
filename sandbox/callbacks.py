"""Pushes that are owed to a service. A row is the debt; the courier pays it."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass

import orjson

from sandbox import paging
from sandbox.paging import Page
from sandbox.store import Store, Value

PENDING = "pending"
DONE = "done"
FAILED = "failed"
LOST = "lost"
UNCONFIGURED = "unconfigured"


@dataclass(frozen=True, slots=True)
class Attempt:
    at: float
    ms: float
    status: int | None
    answer: str
    ok: bool


@dataclass(frozen=True, slots=True)
class Push:
    """A callback to be. `wants_reply` marks those after which a user looks at the chat and waits."""

    appid: str
    openid: str
    event: str
    body: str
    message_id: int | None = None
    wants_reply: bool = False


@dataclass(frozen=True, slots=True)
class Callback:
    id: int
    appid: str
    openid: str
    event: str
    body: str
    created_at: float
    due_at: float
    status: str
    attempts: list[Attempt]
    message_id: int | None
    bad_signature: bool
    wants_reply: bool
    # How old the timestamp of its envelope pretends to be.
    age: float = 0.0


def add(
    store: Store,
    push: Push,
    *,
    at: float,
    due_at: float,
    status: str,
    bad_signature: bool = False,
    age: float = 0.0,
) -> int:
    return store.insert(
        "INSERT INTO callbacks (appid, openid, event, body, created_at, due_at, status, message_id,"
        " bad_signature, wants_reply, age) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        push.appid,
        push.openid,
        push.event,
        push.body,
        at,
        due_at,
        status,
        push.message_id,
        bad_signature,
        push.wants_reply,
        age,
    )


def get(store: Store, callback_id: int) -> Callback | None:
    row = store.one("SELECT * FROM callbacks WHERE id = ?", callback_id)
    return None if row is None else _callback(row)


def page(store: Store, page: Page, filters: Mapping[str, Value]) -> list[Callback]:
    return [_callback(row) for row in paging.rows(store, "callbacks", page, filters)]


def pending(store: Store) -> int:
    row = store.one("SELECT count(*) AS n FROM callbacks WHERE status = 'pending'")
    return 0 if row is None else int(row["n"])


def soonest(store: Store, limit: int) -> list[tuple[int, float]]:
    rows = store.all(
        "SELECT id, due_at FROM callbacks WHERE status = 'pending' ORDER BY due_at, id LIMIT ?", limit
    )
    return [(row["id"], row["due_at"]) for row in rows]


def record(store: Store, callback: Callback, attempts: list[Attempt], status: str) -> None:
    store.run(
        "UPDATE callbacks SET attempts = ?, status = ? WHERE id = ?",
        orjson.dumps(attempts).decode(),
        status,
        callback.id,
    )


def prune(store: Store, keep: int) -> None:
    store.run(
        "DELETE FROM callbacks WHERE status <> 'pending' AND id <= (SELECT max(id) FROM callbacks) - ?", keep
    )


def _callback(row: sqlite3.Row) -> Callback:
    return Callback(
        id=row["id"],
        appid=row["appid"],
        openid=row["openid"],
        event=row["event"],
        body=row["body"],
        created_at=row["created_at"],
        due_at=row["due_at"],
        status=row["status"],
        attempts=[Attempt(**a) for a in orjson.loads(row["attempts"])],
        message_id=row["message_id"],
        bad_signature=bool(row["bad_signature"]),
        wants_reply=bool(row["wants_reply"]),
        age=row["age"],
    )

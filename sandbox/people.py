"""Persons with phones, and who they are to each account."""

import hashlib
import sqlite3
from base64 import urlsafe_b64encode
from dataclasses import dataclass

from sandbox.records import Account
from sandbox.store import Store


@dataclass(frozen=True, slots=True)
class User:
    id: str
    nickname: str
    phone: str
    role: str


@dataclass(frozen=True, slots=True)
class Identity:
    appid: str
    openid: str
    user_id: str
    unionid: str | None
    follows: bool
    followed_at: float | None
    subscribe_scene: str
    qr_scene: str
    blacklisted: bool
    blocked_push: bool
    # Web authorisations happen in a snapshot page, which knows only a virtual person.
    snapshot: bool
    last_visit_at: float | None
    last_page: str


def openid_of(appid: str, user_id: str) -> str:
    """Fixed for a user id, so that a product's demo data can name its engineers before the sandbox runs."""
    return f"o{_digest(appid, 5)}{_digest(f'{appid}/{user_id}', 22)}"


def unionid_of(open_platform: str, user_id: str) -> str:
    return f"o{_digest(open_platform, 5)}{_digest(f'{open_platform}/{user_id}', 22)}"


def add_user(store: Store, accounts: list[Account], user: User) -> None:
    store.run("INSERT INTO users VALUES (?, ?, ?, ?)", user.id, user.nickname, user.phone, user.role)
    for account in accounts:
        add_identity(store, account, user.id)


def add_identity(store: Store, account: Account, user_id: str) -> None:
    unionid = unionid_of(account.open_platform, user_id) if account.open_platform else None
    store.run(
        "INSERT INTO identities (appid, openid, user_id, unionid) VALUES (?, ?, ?, ?)",
        account.appid,
        openid_of(account.appid, user_id),
        user_id,
        unionid,
    )


def users(store: Store, role: str | None = None) -> list[User]:
    rows = store.all(
        "SELECT id, nickname, phone, role FROM users WHERE ? IS NULL OR role = ? ORDER BY rowid", role, role
    )
    return [_user(row) for row in rows]


def user(store: Store, user_id: str) -> User | None:
    row = store.one("SELECT id, nickname, phone, role FROM users WHERE id = ?", user_id)
    return None if row is None else _user(row)


def by_openid(store: Store, appid: str, openid: str) -> Identity | None:
    row = store.one("SELECT * FROM identities WHERE appid = ? AND openid = ?", appid, openid)
    return None if row is None else _identity(row)


def by_user(store: Store, appid: str, user_id: str) -> Identity | None:
    row = store.one("SELECT * FROM identities WHERE appid = ? AND user_id = ?", appid, user_id)
    return None if row is None else _identity(row)


def identities_of(store: Store, user_id: str) -> list[Identity]:
    return [_identity(r) for r in store.all("SELECT * FROM identities WHERE user_id = ?", user_id)]


def set_following(store: Store, who: Identity, at: float, *, scene: str = "", qr_scene: str = "") -> None:
    store.run(
        "UPDATE identities SET follows = 1, followed_at = ?, subscribe_scene = ?, qr_scene = ?"
        " WHERE appid = ? AND openid = ?",
        at,
        scene or "ADD_SCENE_SEARCH",
        qr_scene,
        who.appid,
        who.openid,
    )


def set_not_following(store: Store, who: Identity) -> None:
    store.run(
        "UPDATE identities SET follows = 0, followed_at = NULL WHERE appid = ? AND openid = ?",
        who.appid,
        who.openid,
    )
    store.run("DELETE FROM reply_windows WHERE appid = ? AND openid = ?", who.appid, who.openid)


def set_blocked_push(store: Store, who: Identity, blocked: bool) -> None:
    store.run(
        "UPDATE identities SET blocked_push = ? WHERE appid = ? AND openid = ?",
        blocked,
        who.appid,
        who.openid,
    )


def set_blacklisted(store: Store, who: Identity, blacklisted: bool) -> None:
    store.run(
        "UPDATE identities SET blacklisted = ? WHERE appid = ? AND openid = ?",
        blacklisted,
        who.appid,
        who.openid,
    )


def remove(store: Store, role: str) -> None:
    """With what they are to the accounts and what they were sent; the log of calls stays."""
    for table in ("consents", "reply_windows"):
        store.run(
            f"DELETE FROM {table} WHERE openid IN (SELECT i.openid FROM identities i"  # noqa: S608
            " JOIN users u ON u.id = i.user_id WHERE u.role = ?)",
            role,
        )
    store.run("DELETE FROM identities WHERE user_id IN (SELECT id FROM users WHERE role = ?)", role)
    store.run("DELETE FROM messages WHERE user_id IN (SELECT id FROM users WHERE role = ?)", role)
    store.run("DELETE FROM users WHERE role = ?", role)


def set_snapshot(store: Store, who: Identity, snapshot: bool) -> None:
    store.run(
        "UPDATE identities SET snapshot = ? WHERE appid = ? AND openid = ?", snapshot, who.appid, who.openid
    )


def set_visited(store: Store, who: Identity, at: float, page: str = "") -> None:
    store.run(
        "UPDATE identities SET last_visit_at = ?, last_page = CASE WHEN ? <> '' THEN ? ELSE last_page END"
        " WHERE appid = ? AND openid = ?",
        at,
        page,
        page,
        who.appid,
        who.openid,
    )


def followers(store: Store, appid: str, after: str, limit: int) -> list[str]:
    rows = store.all(
        "SELECT openid FROM identities WHERE appid = ? AND follows AND openid > ? ORDER BY openid LIMIT ?",
        appid,
        after,
        limit,
    )
    return [row["openid"] for row in rows]


def follower_count(store: Store, appid: str) -> int:
    row = store.one("SELECT count(*) AS n FROM identities WHERE appid = ? AND follows", appid)
    return 0 if row is None else int(row["n"])


def _digest(text: str, length: int) -> str:
    return urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode()[:length]


def _user(row: sqlite3.Row) -> User:
    return User(row["id"], row["nickname"], row["phone"], row["role"])


def _identity(row: sqlite3.Row) -> Identity:
    return Identity(
        appid=row["appid"],
        openid=row["openid"],
        user_id=row["user_id"],
        unionid=row["unionid"],
        follows=bool(row["follows"]),
        followed_at=row["followed_at"],
        subscribe_scene=row["subscribe_scene"],
        qr_scene=row["qr_scene"],
        blacklisted=bool(row["blacklisted"]),
        blocked_push=bool(row["blocked_push"]),
        snapshot=bool(row["snapshot"]),
        last_visit_at=row["last_visit_at"],
        last_page=row["last_page"],
    )

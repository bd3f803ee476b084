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


def users(store: Store) -> list[User]:
    return [_user(row) for row in store.all("SELECT id, nickname, phone, role FROM users ORDER BY rowid")]


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
    )

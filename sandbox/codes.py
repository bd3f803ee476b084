"""Codes that stand for a person for five minutes and one use."""

import secrets
from dataclasses import dataclass
from typing import Literal

from sandbox.errors import PlatformError
from sandbox.world import World

CodeKind = Literal["login", "oauth", "phone"]
LIFETIME = 300
_REMEMBERED = 86_400


@dataclass(frozen=True, slots=True)
class Code:
    user_id: str
    scope: str
    snapshot: bool


def issue(
    world: World, kind: CodeKind, appid: str, user_id: str, scope: str = "", *, snapshot: bool = False
) -> str:
    value = f"0{secrets.randbelow(10)}1{secrets.token_urlsafe(22)[:29]}"
    world.store.run(
        "INSERT INTO codes (value, kind, appid, user_id, scope, expires_at, snapshot)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        value,
        kind,
        appid,
        user_id,
        scope,
        world.clock.now() + LIFETIME,
        snapshot,
    )
    return value


def redeem(world: World, kind: CodeKind, appid: str, value: str, *, expired: int = 40029) -> Code:
    if not value:
        raise PlatformError(41008)
    row = world.store.one(
        "SELECT * FROM codes WHERE value = ? AND kind = ? AND appid = ?", value, kind, appid
    )
    if row is None:
        raise PlatformError(40029)
    if row["used"]:
        raise PlatformError(40163)
    if row["expires_at"] <= world.clock.now():
        raise PlatformError(expired)
    world.store.run("UPDATE codes SET used = 1 WHERE value = ?", value)
    return Code(row["user_id"], row["scope"], bool(row["snapshot"]))


def forget_expired(world: World) -> None:
    """A day later, so that a code which is only late is still told from one that never was."""
    world.store.run("DELETE FROM codes WHERE expires_at <= ?", world.clock.now() - _REMEMBERED)

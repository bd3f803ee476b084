"""How often, and until when, an account may write back after something a user did."""

from dataclasses import dataclass
from typing import Literal

from sandbox.errors import PlatformError
from sandbox.people import Identity
from sandbox.store import Store

WindowKind = Literal["message", "click", "follow", "scan", "enter"]
_RULES: dict[WindowKind, tuple[int, int]] = {
    "message": (5, 48 * 3600),
    "click": (3, 60),
    "follow": (3, 60),
    "scan": (3, 60),
    # Who opens the customer service of a mini-program.
    "enter": (2, 60),
}


@dataclass(frozen=True, slots=True)
class Window:
    kind: str
    left: int
    until: float


def open_window(store: Store, who: Identity, kind: WindowKind, now: float) -> None:
    remaining, seconds = _RULES[kind]
    store.run(
        "INSERT INTO reply_windows VALUES (?, ?, ?, ?, ?) ON CONFLICT (appid, openid, kind)"
        " DO UPDATE SET remaining = excluded.remaining, until = excluded.until",
        who.appid,
        who.openid,
        kind,
        remaining,
        now + seconds,
    )


def open_now(store: Store, who: Identity, now: float) -> list[Window]:
    """Those that are open, the one that closes first before the others."""
    rows = store.all(
        "SELECT kind, remaining, until FROM reply_windows"
        " WHERE appid = ? AND openid = ? AND until > ? ORDER BY until",
        who.appid,
        who.openid,
        now,
    )
    return [Window(row["kind"], row["remaining"], row["until"]) for row in rows]


def usable(store: Store, who: Identity, now: float) -> str:
    """The window that the next reply is counted against."""
    windows = open_now(store, who, now)
    if not windows:
        raise PlatformError(45015)
    kind = next((window.kind for window in windows if window.left > 0), None)
    if kind is None:
        raise PlatformError(45047)
    return kind


def use_window(store: Store, who: Identity, now: float) -> None:
    """Spend one reply, from the window that closes first."""
    store.run(
        "UPDATE reply_windows SET remaining = remaining - 1 WHERE appid = ? AND openid = ? AND kind = ?",
        who.appid,
        who.openid,
        usable(store, who, now),
    )

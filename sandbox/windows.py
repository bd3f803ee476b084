"""How often, and until when, an account may write back after something a user did."""

from sandbox.errors import PlatformError
from sandbox.people import Identity
from sandbox.store import Store

_RULES = {"message": (5, 48 * 3600), "click": (3, 60), "follow": (3, 60), "scan": (3, 60)}


def open_window(store: Store, who: Identity, kind: str, now: float) -> None:
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


def use_window(store: Store, who: Identity, now: float) -> None:
    """Spend one reply, from the window that closes first."""
    rows = store.all(
        "SELECT kind, remaining FROM reply_windows"
        " WHERE appid = ? AND openid = ? AND until > ? ORDER BY until",
        who.appid,
        who.openid,
        now,
    )
    if not rows:
        raise PlatformError(45015)
    kind = next((row["kind"] for row in rows if row["remaining"] > 0), None)
    if kind is None:
        raise PlatformError(45047)
    store.run(
        "UPDATE reply_windows SET remaining = remaining - 1 WHERE appid = ? AND openid = ? AND kind = ?",
        who.appid,
        who.openid,
        kind,
    )

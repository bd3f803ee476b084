"""Access tokens. The two ways to get one are isolated: neither ends what the other gave."""

import re
import secrets
import sqlite3
from dataclasses import dataclass

from sandbox.calls import Call
from sandbox.errors import PlatformError
from sandbox.records import Account
from sandbox.store import Store
from sandbox.world import World

LIFETIME = 7200
OVERLAP = 300
FORCES_A_DAY = 20
FORCE_GAP = 30
_SHAPE = re.compile(r"[A-Za-z0-9_-]{20,512}")


@dataclass(frozen=True, slots=True)
class Token:
    value: str
    appid: str
    kind: str
    expires_at: float
    revoked_at: float | None
    openid: str | None
    scope: str | None


def get_token(world: World, call: Call) -> dict[str, object]:
    """GET /cgi-bin/token: a new token each time; the one before lives five minutes more."""
    account = _authenticated(world, call, call.query)
    now = world.clock.now()
    world.store.run(
        "UPDATE tokens SET expires_at = min(expires_at, ?) WHERE appid = ? AND kind = 'legacy'",
        now + OVERLAP,
        account.appid,
    )
    return {"access_token": mint(world, account.appid, "legacy", call=call), "expires_in": LIFETIME}


def get_stable_token(world: World, call: Call) -> dict[str, object]:
    """POST /cgi-bin/stable_token: the same token until five minutes before its end, then both live on."""
    account = _authenticated(world, call, {n: call.text(n) for n in ("grant_type", "appid", "secret")})
    force = call.body.get("force_refresh") is True
    if force and _may_force(world, account.appid):
        revoke(world, account.appid)
        value = mint(world, account.appid, "stable", forced=True, call=call)
        return {"access_token": value, "expires_in": LIFETIME}
    now = world.clock.now()
    current = world.store.one(
        "SELECT value, expires_at FROM tokens WHERE appid = ? AND kind = 'stable' AND revoked_at IS NULL"
        " AND expires_at > ? ORDER BY issued_at DESC LIMIT 1",
        account.appid,
        now + OVERLAP,
    )
    if current is None:
        return {"access_token": mint(world, account.appid, "stable", call=call), "expires_in": LIFETIME}
    world.store.run(
        "UPDATE tokens SET fetches = fetches + 1, client = ?, agent = ? WHERE value = ?",
        call.client,
        call.agent,
        current["value"],
    )
    return {"access_token": current["value"], "expires_in": int(current["expires_at"] - now)}


def _may_force(world: World, appid: str) -> bool:
    """Twenty a day; sooner than 30 s after the last one, the platform does not refresh and says nothing."""
    row = world.store.one(
        "SELECT count(*) AS n, max(issued_at) AS last FROM tokens"
        " WHERE appid = ? AND forced AND issued_at >= ?",
        appid,
        world.clock.day_start(),
    )
    forces, last = (0, None) if row is None else (row["n"], row["last"])
    if forces >= FORCES_A_DAY:
        raise PlatformError(45009)
    return last is None or world.clock.now() - last >= FORCE_GAP


def _authenticated(world: World, call: Call, given: dict[str, str]) -> Account:
    if given.get("grant_type") != "client_credential":
        raise PlatformError(40002)
    account = authenticate(world, given.get("appid", ""), given.get("secret", ""))
    if account.token_error is not None:
        raise PlatformError(account.token_error)
    if account.ip_whitelist and call.client not in account.ip_whitelist:
        ip = call.client
        raise PlatformError(40164, f"invalid ip {ip} ipv6 ::ffff:{ip}, not in whitelist")
    return account


def authenticate(world: World, appid: str, secret: str) -> Account:
    if not appid:
        raise PlatformError(41002)
    if not secret:
        raise PlatformError(41004)
    account = world.accounts.get(appid)
    if account is None:
        raise PlatformError(40013)
    if not secrets.compare_digest(account.secret.encode(), secret.encode()):
        raise PlatformError(40125)
    return account


def mint(
    world: World,
    appid: str,
    kind: str,
    *,
    forced: bool = False,
    openid: str | None = None,
    scope: str | None = None,
    call: Call | None = None,
    lifetime: float = LIFETIME,
) -> str:
    value, now = f"96_{secrets.token_urlsafe(100)}", world.clock.now()
    world.store.run(
        "INSERT INTO tokens (value, appid, kind, issued_at, expires_at, forced, openid, scope, client, agent)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        value,
        appid,
        kind,
        now,
        now + lifetime,
        forced,
        openid,
        scope,
        call.client if call else "",
        call.agent if call else "",
    )
    return value


def revoke(world: World, appid: str, kind: str = "stable") -> int:
    """End every living token of a kind, as a forced refresh by somebody else does."""
    now = world.clock.now()
    return world.store.run(
        "UPDATE tokens SET revoked_at = ?"
        " WHERE appid = ? AND kind = ? AND revoked_at IS NULL AND expires_at > ?",
        now,
        appid,
        kind,
        now,
    ).rowcount


def revoke_one(world: World, token_id: str) -> int:
    """The one that the console shows under this name."""
    return world.store.run(
        "UPDATE tokens SET revoked_at = ? WHERE substr(value, -12) = ? AND revoked_at IS NULL",
        world.clock.now(),
        token_id,
    ).rowcount


def find(store: Store, value: str) -> Token | None:
    row = store.one("SELECT * FROM tokens WHERE value = ?", value) if value else None
    return None if row is None else _token(row)


def check(world: World, value: str, token: Token | None, kinds: tuple[str, ...]) -> Token:
    """The token itself, or 41001, 40014, 40001, 42001."""
    if not value:
        raise PlatformError(41001)
    if _SHAPE.fullmatch(value) is None:
        raise PlatformError(40014)
    if token is None or token.kind not in kinds or token.revoked_at is not None:
        raise PlatformError(40001)
    if token.expires_at <= world.clock.now():
        raise PlatformError(42001)
    return token


def owner(world: World, value: str, token: Token | None) -> Account:
    account = world.accounts.get(check(world, value, token, ("legacy", "stable")).appid)
    if account is None:
        raise PlatformError(40001)
    return account


def _token(row: sqlite3.Row) -> Token:
    return Token(
        row["value"],
        row["appid"],
        row["kind"],
        row["expires_at"],
        row["revoked_at"],
        row["openid"],
        row["scope"],
    )

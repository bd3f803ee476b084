"""The ticket of the JS-SDK, and the signature that a page shows with it."""

import hashlib

from sandbox import crypto, tokens
from sandbox.calls import Call
from sandbox.errors import PlatformError
from sandbox.world import World


def get_ticket(world: World, call: Call) -> dict[str, object]:
    """The same ticket until shortly before its end, so that asking twice does not end the first one."""
    kind = call.query.get("type", "")
    if kind not in ("jsapi", "wx_card"):
        raise PlatformError(40097)
    appid, now = call.caller.appid, world.clock.now()
    row = world.store.one(
        "SELECT value, expires_at FROM tokens WHERE appid = ? AND kind = ? AND revoked_at IS NULL"
        " AND expires_at > ? ORDER BY issued_at DESC LIMIT 1",
        appid,
        kind,
        now + tokens.OVERLAP,
    )
    ticket = row["value"] if row else tokens.mint(world, appid, kind, call=call)
    lifetime = int(row["expires_at"] - now) if row else tokens.LIFETIME
    return {"errcode": 0, "errmsg": "ok", "ticket": ticket, "expires_in": lifetime}


def sign(ticket: str, noncestr: str, timestamp: str, url: str) -> str:
    """Over the address without its fragment."""
    page = url.partition("#")[0]
    text = f"jsapi_ticket={ticket}&noncestr={noncestr}&timestamp={timestamp}&url={page}"
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()


def accepts(world: World, appid: str, *, noncestr: str, timestamp: str, url: str, signature: str) -> bool:
    """What wx.config answers in the browser: any living ticket of the account will do."""
    rows = world.store.all(
        "SELECT value FROM tokens WHERE appid = ? AND kind = 'jsapi' AND revoked_at IS NULL AND expires_at > ?",
        appid,
        world.clock.now(),
    )
    return any(crypto.same(sign(row["value"], noncestr, timestamp, url), signature) for row in rows)

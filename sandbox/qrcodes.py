"""Codes with a scene: who scans one follows, or comes back, and the service learns the scene."""

import secrets
from dataclasses import dataclass

from sandbox import pictures
from sandbox.calls import Call
from sandbox.errors import PlatformError
from sandbox.store import Store
from sandbox.world import World

MAX_SECONDS = 2_592_000
_PERMANENT_LIMIT = 100_000


@dataclass(frozen=True, slots=True)
class QrCode:
    ticket: str
    appid: str
    scene: str
    url: str


def create(world: World, call: Call) -> dict[str, object]:
    action = call.text("action_name")
    permanent = action.startswith("QR_LIMIT_")
    scene = _scene(call.body.get("action_info"), action)
    if permanent and _permanent_count(world.store, call.caller.appid) >= _PERMANENT_LIMIT:
        raise PlatformError(45029)
    ticket = f"gQ{secrets.choice('HGEF')}{secrets.token_urlsafe(69)}=="
    seconds = None if permanent else _seconds(call)
    expires_at = None if seconds is None else world.clock.now() + seconds
    url = f"http://weixin.qq.com/q/{secrets.token_urlsafe(16)}"
    world.store.run(
        "INSERT INTO qrcodes (ticket, appid, scene, expires_at, url) VALUES (?, ?, ?, ?, ?)",
        ticket,
        call.caller.appid,
        scene,
        expires_at,
        url,
    )
    lifetime = {} if seconds is None else {"expire_seconds": seconds}
    return {"ticket": ticket, **lifetime, "url": url}


def _scene(info: object, action: str) -> str:
    scene = info.get("scene") if isinstance(info, dict) else None
    if not isinstance(scene, dict):
        raise PlatformError(40053)
    if action in ("QR_STR_SCENE", "QR_LIMIT_STR_SCENE"):
        text = scene.get("scene_str")
        if not isinstance(text, str) or not 1 <= len(text) <= 64:
            raise PlatformError(40053)
        return text
    number = scene.get("scene_id")
    highest = {"QR_SCENE": 2**32 - 1, "QR_LIMIT_SCENE": _PERMANENT_LIMIT}.get(action, 0)
    if not isinstance(number, int) or not 1 <= number <= highest:
        raise PlatformError(40053)
    return str(number)


def _seconds(call: Call) -> int:
    seconds = call.body.get("expire_seconds", 60)
    if not isinstance(seconds, int) or seconds < 1:
        raise PlatformError(40097)
    return min(seconds, MAX_SECONDS)


def _permanent_count(store: Store, appid: str) -> int:
    row = store.one("SELECT count(*) AS n FROM qrcodes WHERE appid = ? AND expires_at IS NULL", appid)
    return 0 if row is None else int(row["n"])


def find(world: World, *, ticket: str | None = None, scene: str | None = None) -> QrCode | None:
    """A living code, by its ticket or by the newest of its scene."""
    row = world.store.one(
        "SELECT ticket, appid, scene, url FROM qrcodes WHERE (ticket = ? OR scene = ?)"
        " AND (expires_at IS NULL OR expires_at > ?) ORDER BY expires_at DESC LIMIT 1",
        ticket,
        scene,
        world.clock.now(),
    )
    return None if row is None else QrCode(row["ticket"], row["appid"], row["scene"], row["url"])


def find_by_url(world: World, url: str) -> QrCode | None:
    """What a camera read from the picture."""
    row = world.store.one("SELECT ticket FROM qrcodes WHERE url = ?", url) if url else None
    return None if row is None else find(world, ticket=row["ticket"])


def newest(store: Store, limit: int) -> list[dict[str, object]]:
    return [
        dict(row)
        for row in store.all(
            "SELECT * FROM qrcodes ORDER BY expires_at IS NULL, expires_at DESC LIMIT ?", limit
        )
    ]


def picture(code: QrCode) -> bytes:
    return pictures.qr_jpeg(code.url or code.ticket[:200])

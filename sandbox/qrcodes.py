"""Codes with a scene: who scans one follows, or comes back, and the service learns the scene."""

import hashlib
import io
import secrets
from dataclasses import dataclass

from PIL import Image

from sandbox.calls import Call
from sandbox.errors import PlatformError
from sandbox.store import Store
from sandbox.world import World

MAX_SECONDS = 2_592_000
_PERMANENT_LIMIT = 100_000
_SIDE = 25


@dataclass(frozen=True, slots=True)
class QrCode:
    ticket: str
    appid: str
    scene: str


def create(world: World, call: Call) -> dict[str, object]:
    action = call.text("action_name")
    permanent = action.startswith("QR_LIMIT_")
    scene = _scene(call.body.get("action_info"), action)
    if permanent and _permanent_count(world.store, call.caller.appid) >= _PERMANENT_LIMIT:
        raise PlatformError(45029)
    ticket = f"gQ{secrets.choice('HGEF')}{secrets.token_urlsafe(69)}=="
    seconds = None if permanent else _seconds(call)
    expires_at = None if seconds is None else world.clock.now() + seconds
    world.store.run("INSERT INTO qrcodes VALUES (?, ?, ?, ?)", ticket, call.caller.appid, scene, expires_at)
    lifetime = {} if seconds is None else {"expire_seconds": seconds}
    return {"ticket": ticket, **lifetime, "url": f"http://weixin.qq.com/q/{secrets.token_urlsafe(16)}"}


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
        "SELECT ticket, appid, scene FROM qrcodes WHERE (ticket = ? OR scene = ?)"
        " AND (expires_at IS NULL OR expires_at > ?) ORDER BY expires_at DESC LIMIT 1",
        ticket,
        scene,
        world.clock.now(),
    )
    return None if row is None else QrCode(row["ticket"], row["appid"], row["scene"])


def picture(code: QrCode) -> bytes:
    """A JPEG that only looks like a code: the sandbox's users scan by ticket or scene."""
    bits = int.from_bytes(hashlib.shake_256(code.ticket.encode()).digest(_SIDE * _SIDE // 8 + 1), "big")
    image = Image.new("L", (_SIDE + 4, _SIDE + 4), 255)
    for index in range(_SIDE * _SIDE):
        if bits >> index & 1:
            image.putpixel((2 + index % _SIDE, 2 + index // _SIDE), 0)
    for left, top in ((2, 2), (_SIDE - 5, 2), (2, _SIDE - 5)):
        image.paste(0, (left, top, left + 7, top + 7))
        image.paste(255, (left + 1, top + 1, left + 6, top + 6))
        image.paste(0, (left + 2, top + 2, left + 5, top + 5))
    encoded = io.BytesIO()
    image.resize((430, 430), Image.Resampling.NEAREST).save(encoded, "JPEG")
    return encoded.getvalue()

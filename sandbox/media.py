"""Uploaded pictures, voices and films. They live for three days."""

import secrets
from dataclasses import dataclass

from sandbox.calls import Call, Upload
from sandbox.errors import PlatformError
from sandbox.store import Store
from sandbox.wire import Raw
from sandbox.world import World

LIFETIME = 3 * 86_400
_MB = 1024 * 1024
LARGEST = 10 * _MB


@dataclass(frozen=True, slots=True)
class _Limits:
    size: int
    # (first bytes, type): the platform looks into the file.
    signs: tuple[tuple[bytes, str], ...]


_JPEG, _PNG, _GIF = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF8", "image/gif"),
)
_MP3 = ((b"ID3", "audio/mp3"), (b"\xff\xfb", "audio/mp3"), (b"\xff\xf3", "audio/mp3"))
_KINDS = {
    "image": _Limits(10 * _MB, (_JPEG, _PNG, _GIF)),
    "voice": _Limits(2 * _MB, ((b"#!AMR", "audio/amr"), *_MP3)),
    "video": _Limits(10 * _MB, ()),
    "thumb": _Limits(64 * 1024, (_JPEG,)),
}


@dataclass(frozen=True, slots=True)
class Medium:
    id: str
    appid: str
    kind: str
    mime: str
    filename: str
    size: int
    created_at: float
    expires_at: float


def upload(world: World, call: Call) -> dict[str, object]:
    kind = call.query.get("type", "")
    limits = _KINDS.get(kind)
    if limits is None:
        raise PlatformError(40004)
    if call.upload is None or not call.upload.body:
        raise PlatformError(41005)
    mime = _mime(limits, call.upload.body)
    if len(call.upload.body) > limits.size:
        raise PlatformError(45001)
    media_id = keep(world, call.caller.appid, kind, mime, call.upload)
    return {
        "type": kind,
        "thumb_media_id" if kind == "thumb" else "media_id": media_id,
        "created_at": int(world.clock.now()),
    }


def _mime(limits: _Limits, body: bytes) -> str:
    if not limits.signs:
        if body[4:8] != b"ftyp":
            raise PlatformError(40005)
        return "video/mp4"
    mime = next((mime for sign, mime in limits.signs if body.startswith(sign)), None)
    if mime is None:
        raise PlatformError(40005)
    return mime


def keep(world: World, appid: str, kind: str, mime: str, file: Upload) -> str:
    media_id, now = secrets.token_urlsafe(48), world.clock.now()
    world.store.run(
        "INSERT INTO media VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        media_id,
        appid,
        kind,
        mime,
        file.name,
        file.body,
        now,
        now + LIFETIME,
    )
    return media_id


def get(world: World, call: Call) -> Raw | dict[str, object]:
    """Bytes, or an error in JSON; the status is 200 either way. A film is only told where it lies."""
    media_id = call.query.get("media_id", "")
    medium = find(world, call.caller.appid, media_id)
    if medium is None:
        raise PlatformError(40007)
    if medium.kind == "video":
        return {"video_url": f"{world.settings.base}/mmbiz/{media_id}"}
    disposition = f'attachment; filename="{medium.id[:12]}.{medium.mime.partition("/")[2]}"'
    return Raw(body_of(world.store, media_id), medium.mime, (("content-disposition", disposition),))


def find(world: World, appid: str | None, media_id: str) -> Medium | None:
    """A living file of the account, or of any with None."""
    row = world.store.one(
        "SELECT id, appid, kind, mime, filename, length(body) AS size, created_at, expires_at FROM media"
        " WHERE id = ? AND (? IS NULL OR appid = ?) AND expires_at > ?",
        media_id,
        appid,
        appid,
        world.clock.now(),
    )
    return None if row is None else Medium(**row)


def newest(store: Store, limit: int) -> list[Medium]:
    rows = store.all(
        "SELECT id, appid, kind, mime, filename, length(body) AS size, created_at, expires_at FROM media"
        " ORDER BY created_at DESC LIMIT ?",
        limit,
    )
    return [Medium(**row) for row in rows]


def body_of(store: Store, media_id: str) -> bytes:
    row = store.one("SELECT body FROM media WHERE id = ?", media_id)
    return b"" if row is None else bytes(row["body"])


def address(world: World, media_id: str) -> str:
    return f"{world.settings.base}/mmbiz/{media_id}"


def forget_expired(world: World) -> None:
    world.store.run("DELETE FROM media WHERE expires_at <= ?", world.clock.now())

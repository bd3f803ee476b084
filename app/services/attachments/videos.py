"""Short videos: taken in, looked at and written anew by a child process, which is bounded and does one at a time."""

import asyncio
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import BinaryIO
from uuid import uuid4

import orjson

from app.errors import InvalidInput, PayloadTooLarge
from app.integrations.storage import ObjectStore
from app.services.attachments.decoding import decode
from app.services.attachments.keep import Kept
from app.services.attachments.objects import key_of
from app.services.attachments.urls import Variant
from app.services.attachments.watermark import Mark

MAX_BYTES = 50 * 1024 * 1024
# Of the whole child; its work on the processor has a limit of its own (remux.SECONDS_OF_WORK).
PATIENCE = 60.0
_CHUNK = 1024 * 1024
_ROOT = Path(__file__).parents[3]

REFUSALS: Mapping[str, str] = MappingProxyType(
    {
        "empty": "视频是空的，请重新拍摄或选择。",
        "wrong_container": "只支持 MP4、MOV 或 WebM 格式的视频。",
        "wrong_codec": "不支持这种视频编码，请用手机自带相机拍摄。",
        "no_picture": "这个文件只有声音，没有画面，请重新拍摄。",
        "too_many_pixels": "视频分辨率太大，请选择 4K 以内的视频。",
        "too_long": "视频太长，请控制在 60 秒以内。",
        "too_heavy": "视频无法处理，请用较低的分辨率重新拍摄。",
        "damaged": "视频已损坏或不完整，请重新拍摄或选择。",
    }
)
_one_at_a_time = asyncio.Semaphore(1)


@dataclass(frozen=True)
class _Files:
    source: Path
    target: Path
    poster: Path


async def keep_video(store: ObjectStore, content: BinaryIO, mark: Mark | None = None) -> Kept:
    """As ``keep``: the video, a marked still of it and the still's thumbnail, all stored under a new id.

    Raises PayloadTooLarge beyond 50 MB, InvalidInput naming what is wrong, StorageUnavailable.
    """
    async with _one_at_a_time:
        with TemporaryDirectory(prefix="video-") as folder:
            files = _Files(*(Path(folder) / name for name in ("given", "made", "still")))
            origin = await asyncio.to_thread(_copy, content, files.source)
            made = await _rebuilt(files)
            return await _store(store, files, made, origin, mark)


def _copy(content: BinaryIO, target: Path) -> str:
    """The hash of what was sent, which is counted as it comes."""
    left = MAX_BYTES
    with target.open("w+b") as file:
        while chunk := content.read(_CHUNK):
            left -= len(chunk)
            if left < 0:
                raise PayloadTooLarge("视频太大了，请选择 50 MB 以内的视频。")
            file.write(chunk)
        file.seek(0)
        return file_digest(file, "sha256").hexdigest()


async def _rebuilt(files: _Files) -> Mapping[str, int | str]:
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "app.services.attachments.remux",
        *map(str, (files.source, files.target, files.poster)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        cwd=_ROOT,
    )
    try:
        async with asyncio.timeout(PATIENCE):
            said, _ = await child.communicate()
    except TimeoutError:
        raise _refusal("too_heavy") from None
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    if child.returncode != 0:
        # Out of time or memory, or the library fell over what it was given.
        raise _refusal("too_heavy")
    answer: dict[str, int | str] = orjson.loads(said)
    if "refused" in answer:
        raise _refusal(str(answer["refused"]))
    return answer


async def _store(
    store: ObjectStore, files: _Files, made: Mapping[str, int | str], origin: str, mark: Mark | None
) -> Kept:
    with files.poster.open("rb") as poster:
        still = await decode(poster, mark)
    video_id, variant = uuid4(), Variant(str(made["container"]))
    sha256 = await asyncio.to_thread(_hash, files.target)
    await asyncio.gather(
        store.put(key_of(video_id, Variant.FULL), still.content, still.media_type),
        store.put(key_of(video_id, Variant.THUMBNAIL), still.thumbnail, still.media_type),
        store.put_file(key_of(video_id, variant), files.target, variant.media_type),
    )
    return Kept(
        video_id,
        sha256,
        variant.media_type,
        files.target.stat().st_size,
        int(made["width"]),
        int(made["height"]),
        origin,
        int(made["duration_ms"]),
    )


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def _refusal(code: str) -> InvalidInput:
    return InvalidInput.at("body.file", REFUSALS[code], code)

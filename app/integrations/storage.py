"""Where the bytes of photos live: a local folder, an S3 bucket or memory, chosen by one URL."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, MemoryStore, S3Store

from app.errors import Problem, Unavailable

# Large enough for few system calls, small enough that many slow readers do not fill the memory.
CHUNK = 128 * 1024
# Of a file that is put: two of them are in memory at a time.
PART = 5 * 1024 * 1024


class OutOfRange(Problem):
    code, status, title, msg = "out_of_range", 416, "Range not satisfiable", "请求的范围超出了文件大小。"


class StorageUnavailable(Unavailable):
    """The disk is full, the bucket is away: the caller may try again, and nothing half-written is left."""

    code, title, msg = "storage_unavailable", "Storage unavailable", "暂时无法存取照片，请稍后再试。"


@dataclass(frozen=True)
class StoredObject:
    """``chunks`` are the bytes from ``begin`` to before ``end``, of ``size`` in all."""

    size: int
    chunks: AsyncIterator[bytes]
    begin: int
    end: int


class ObjectStore(Protocol):
    """Keys are made by the caller from random ids, never from anything that a user named."""

    async def put(self, key: str, content: bytes, media_type: str) -> None:
        """All of it or nothing; a key is written once. Raises StorageUnavailable."""

    async def put_file(self, key: str, path: Path, media_type: str) -> None:
        """As ``put``, for what is too large to hold in memory."""

    async def get(self, key: str, *, begin: int = 0, end: int | None = None) -> StoredObject | None:
        """Raises OutOfRange when nothing of it lies between the two."""

    async def delete(self, key: str) -> None:
        """Deleting what is not there is not an error."""

    def older_than(self, moment: datetime, *, prefix: str) -> AsyncIterator[list[str]]:
        """Keys below the prefix last written before the moment, in batches."""


class Obstore:
    def __init__(self, store: LocalStore | MemoryStore | S3Store) -> None:
        self._store = store

    async def put(self, key: str, content: bytes, media_type: str) -> None:
        # Only a bucket keeps attributes: a local folder refuses them.
        kept = {"Content-Type": media_type} if isinstance(self._store, S3Store) else None
        try:
            await obstore.put_async(
                self._store, key, content, mode="create", attributes=kept, use_multipart=False
            )
        except (BaseError, OSError) as failure:
            raise StorageUnavailable from failure

    async def put_file(self, key: str, path: Path, media_type: str) -> None:
        kept = {"Content-Type": media_type} if isinstance(self._store, S3Store) else None
        try:
            await obstore.put_async(
                self._store, key, path, attributes=kept, chunk_size=PART, max_concurrency=2
            )
        except (BaseError, OSError) as failure:
            raise StorageUnavailable from failure

    async def get(self, key: str, *, begin: int = 0, end: int | None = None) -> StoredObject | None:
        whole = begin == 0 and end is None
        try:
            if whole:
                found = await obstore.get_async(self._store, key)
            else:
                size = (await obstore.head_async(self._store, key))["size"]
                last = size if end is None else min(end, size)
                if begin >= last:
                    raise OutOfRange(headers={"Content-Range": f"bytes */{size}"})
                found = await obstore.get_async(self._store, key, options={"range": (begin, last)})
        except FileNotFoundError:
            return None
        except (BaseError, OSError) as failure:
            raise StorageUnavailable from failure
        first, beyond = found.range
        return StoredObject(found.meta["size"], aiter(found.stream(min_chunk_size=CHUNK)), first, beyond)

    async def delete(self, key: str) -> None:
        try:
            await obstore.delete_async(self._store, key)
        except FileNotFoundError:
            return
        except (BaseError, OSError) as failure:
            raise StorageUnavailable from failure

    async def older_than(self, moment: datetime, *, prefix: str) -> AsyncIterator[list[str]]:
        try:
            async for batch in obstore.list(self._store, prefix, chunk_size=1000):
                yield [entry["path"] for entry in batch if entry["last_modified"] < moment]
        except (BaseError, OSError) as failure:
            raise StorageUnavailable from failure


def open_store(url: str) -> ObjectStore:
    """``file://PATH`` (relative or absolute), ``s3://bucket/prefix`` or ``memory://``."""
    scheme, _, rest = url.partition("://")
    if scheme == "file" and rest:
        return Obstore(LocalStore(Path(unquote(rest)).absolute(), mkdir=True))
    if scheme == "memory":
        return Obstore(MemoryStore())
    if scheme == "s3" and rest:
        return Obstore(_bucket(url))
    raise ValueError("HUIXIANG_STORAGE_URL must begin with file://, s3:// or memory://.")


def _bucket(url: str) -> S3Store:
    """Credentials, region and endpoint come from the usual ``AWS_…`` variables."""
    parts = urlsplit(url)
    return S3Store(
        parts.netloc,
        prefix=parts.path.strip("/") or None,
        client_options={"connect_timeout": timedelta(seconds=3), "timeout": timedelta(seconds=15)},
        # The library's own patience is three minutes; a caller with a phone in hand has less.
        retry_config={"max_retries": 2, "retry_timeout": timedelta(seconds=10)},
    )

"""The bytes of a photo: decoded, rebuilt and stored under a new id. The row comes later, from whoever knows whose."""

import asyncio
from dataclasses import dataclass
from hashlib import sha256
from typing import BinaryIO
from uuid import UUID, uuid4

from app.integrations.storage import ObjectStore
from app.services.attachments.decoding import decode
from app.services.attachments.objects import key_of
from app.services.attachments.urls import Variant
from app.services.attachments.watermark import Mark


@dataclass(frozen=True)
class Kept:
    id: UUID
    sha256: str
    media_type: str
    size: int
    width: int
    height: int
    origin: str


async def keep(store: ObjectStore, content: BinaryIO, mark: Mark | None = None) -> Kept:
    """Raises PayloadTooLarge, UnsupportedMedia or InvalidInput for what is no photo, StorageUnavailable.

    A photo that was stored and never written down is an orphan, and the sweep removes it.
    """
    encoded = await decode(content, mark)
    photo_id = uuid4()
    await asyncio.gather(
        store.put(key_of(photo_id, Variant.FULL), encoded.content, encoded.media_type),
        store.put(key_of(photo_id, Variant.THUMBNAIL), encoded.thumbnail, encoded.media_type),
    )
    return Kept(
        photo_id,
        sha256(encoded.content).hexdigest(),
        encoded.media_type,
        len(encoded.content),
        encoded.width,
        encoded.height,
        encoded.origin,
    )

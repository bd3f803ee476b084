"""Giving out a photo to whoever holds a valid address of it."""

from dataclasses import dataclass
from datetime import datetime

from app.errors import NotFound
from app.integrations.storage import ObjectStore, StoredObject
from app.services.attachments.images import MEDIA_TYPE
from app.services.attachments.objects import key_of
from app.services.attachments.urls import Claim, PhotoUrls


@dataclass(frozen=True)
class PhotoContent:
    stored: StoredObject
    media_type: str
    seconds_left: int


async def read(store: ObjectStore, urls: PhotoUrls, claim: Claim, *, now: datetime) -> PhotoContent:
    """Raises NotFound alike for a forged, altered or expired address and for a photo that is gone.

    The database is not asked: who may see the photo was decided when the address was signed, minutes ago.
    """
    address = urls.verify(claim, now=now)
    if address is None:
        raise NotFound
    stored = await store.get(key_of(address.attachment_id, address.variant))
    if stored is None:
        raise NotFound
    return PhotoContent(stored, MEDIA_TYPE, int((address.expires_at - now).total_seconds()))

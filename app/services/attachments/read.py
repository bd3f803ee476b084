"""Giving out a photo to whoever holds a valid address of it."""

import re
from dataclasses import dataclass
from datetime import datetime

from app.errors import NotFound
from app.integrations.storage import ObjectStore, StoredObject
from app.services.attachments.objects import key_of
from app.services.attachments.urls import Claim, PhotoUrls, Variant

# From the first byte to before the second; None is the end of it.
Span = tuple[int, int | None]
_RANGE = re.compile(r"bytes=(\d{1,12})-(\d{0,12})")


def span_of(header: str | None) -> Span | None:
    """Of a ``Range`` that asks for one stretch from its beginning, as players do; any other is not heeded."""
    found = _RANGE.fullmatch(header or "")
    if found is None:
        return None
    begin, last = int(found[1]), found[2]
    return begin, int(last) + 1 if last else None


@dataclass(frozen=True)
class PhotoContent:
    stored: StoredObject
    variant: Variant
    seconds_left: int


async def read(
    store: ObjectStore, urls: PhotoUrls, claim: Claim, *, now: datetime, span: Span | None = None
) -> PhotoContent:
    """Raises NotFound alike for a forged, altered or expired address and for a photo that is gone.

    The database is not asked: who may see the photo was decided when the address was signed, minutes ago.
    """
    address = urls.verify(claim, now=now)
    if address is None:
        raise NotFound
    begin, end = span or (0, None)
    stored = await store.get(key_of(address.attachment_id, address.variant), begin=begin, end=end)
    if stored is None:
        raise NotFound
    return PhotoContent(stored, address.variant, int((address.expires_at - now).total_seconds()))

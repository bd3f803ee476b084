"""Short-lived signed addresses of photos: whoever was shown one may fetch it, for himself and for minutes."""

import hmac
from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256
from urllib.parse import urlsplit
from uuid import UUID

from app.settings import Settings

# Expiries fall on the same five-minute marks for everybody, so that reading a ticket twice gives the same
# address and the phone's cache can serve the second one. What remains is between five and ten minutes.
STEP = 300


SignUrl = Callable[[str, str, str], str]


class Variant(StrEnum):
    """Of a video, the first two are those of its still; it itself lies in one of the two containers."""

    FULL = "full"
    THUMBNAIL = "thumbnail"
    MP4 = "mp4"
    WEBM = "webm"

    @property
    def media_type(self) -> str:
        return f"video/{self.value}" if self in (Variant.MP4, Variant.WEBM) else "image/jpeg"

    @property
    def file_name(self) -> str:
        return f"video.{self.value}" if self in (Variant.MP4, Variant.WEBM) else f"{self.value}.jpg"


@dataclass(frozen=True)
class Claim:
    """What an address says, before anybody has checked it."""

    attachment_id: str
    variant: str
    viewer: str
    expires: str
    signature: str


@dataclass(frozen=True)
class PhotoAddress:
    attachment_id: UUID
    variant: Variant
    viewer: str
    expires_at: datetime


class PhotoUrls:
    def __init__(self, key: bytes, base_url: str) -> None:
        # A key of its own: a signature made here is worth nothing anywhere else.
        derived = hmac.digest(key, b"huixiang attachment urls v1", "sha256")
        self._keyed = hmac.new(derived, digestmod=sha256)
        self._base = base_url.rstrip("/") + "/api/v1/attachments/"

    def on_a_page(self) -> "PhotoUrls":
        """The same under the page's own address: whichever way it was reached, its pictures come that way."""
        here = copy(self)
        here._base = urlsplit(self._base).path
        return here

    def sign(
        self,
        attachment_id: UUID | str,
        variant: Variant,
        *,
        viewer: str,
        now: datetime,
        until: datetime | None = None,
    ) -> str:
        """``viewer`` is the actor's id. Absolute, because WeChat's clients need it so.

        ``until`` is for a machine that fetches when it finds the time.
        """
        expires = int(until.timestamp()) if until else (int(now.timestamp()) // STEP + 2) * STEP
        signature = self._signature(str(attachment_id), variant.value, str(expires), viewer)
        return (
            f"{self._base}{attachment_id}/content?variant={variant.value}"
            f"&viewer={viewer}&expires={expires}&signature={signature}"
        )

    def signer(self, now: datetime) -> SignUrl:
        """For a presenter that has only words at hand: (attachment id, variant, viewer's id) -> address."""
        return lambda attachment_id, variant, viewer: self.sign(
            attachment_id, Variant(variant), viewer=viewer, now=now
        )

    def verify(self, claim: Claim, *, now: datetime) -> PhotoAddress | None:
        """None for whatever was not signed here in this very form, or is over."""
        expected = self._signature(claim.attachment_id, claim.variant, claim.expires, claim.viewer)
        # As bytes: compare_digest refuses text beyond ASCII.
        if not hmac.compare_digest(expected.encode(), claim.signature.encode()):
            return None
        expires_at = datetime.fromtimestamp(int(claim.expires), UTC)
        if expires_at <= now:
            return None
        return PhotoAddress(UUID(claim.attachment_id), Variant(claim.variant), claim.viewer, expires_at)

    def _signature(self, attachment_id: str, variant: str, expires: str, viewer: str) -> str:
        # Copying the keyed state spares two of the four compressions, and a list signs dozens.
        mac = self._keyed.copy()
        # No field can run into the next: the separator occurs in none that we sign.
        mac.update(f"{attachment_id}\n{variant}\n{expires}\n{viewer}".encode())
        return mac.hexdigest()


def photo_urls(settings: Settings) -> PhotoUrls:
    return PhotoUrls(settings.signing_key(), settings.public_base_url)

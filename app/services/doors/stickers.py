"""A sticker on an appliance: a signed address that opens the form of a report, with the appliance filled in.

It names the appliance and no person, so it stays good when that changes hands. Who scans it decides what it shows: to
whom the appliance is visible it is his own; to anybody else it is a model.
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from uuid import UUID

import asyncpg

from app.domain.actor import Actor
from app.errors import NotFound
from app.services.assets.visible import VISIBLE, visible_asset
from app.services.doors.scenes import Label

# 96 bits: nobody makes a sticker of an appliance whose id he happens to know.
_MAC = 12
PATTERN = r"^[\w-]{38}$"

_ASSET = """
SELECT a.category, a.brand, a.model, a.serial_number, a.purchased_on,
       (SELECT p.warranty_months FROM products p WHERE p.brand = a.brand AND p.model = a.model) AS warranty_months,
       {visible} AND a.removed_at IS NULL AS visible
  FROM assets a WHERE a.id = $1
"""


@dataclass(frozen=True)
class Thing:
    """``asset_id`` only for whom it is visible; for all others ``label`` knows the model and no more."""

    label: Label
    asset_id: UUID | None


class Stickers:
    def __init__(self, key: bytes, base_url: str) -> None:
        # A key of its own: a signature made here is worth nothing anywhere else.
        self._key = hmac.digest(key, b"huixiang stickers v1", "sha256")
        self._base = base_url.rstrip("/")

    def url(self, asset_id: UUID) -> str:
        return f"{self._base}/h5/report?asset={self.token(asset_id)}"

    def token(self, asset_id: UUID) -> str:
        return urlsafe_b64encode(asset_id.bytes + self._mac(asset_id)).decode().rstrip("=")

    def read(self, token: str) -> UUID:
        """Raises NotFound for what was not signed here."""
        raw = urlsafe_b64decode(token + "=" * (-len(token) % 4))
        asset_id = UUID(bytes=raw[:16])
        if not hmac.compare_digest(raw[16:], self._mac(asset_id)):
            raise NotFound
        return asset_id

    def _mac(self, asset_id: UUID) -> bytes:
        return hmac.digest(self._key, asset_id.bytes, "sha256")[:_MAC]


async def find_thing(connection: asyncpg.Connection, stickers: Stickers, token: str, actor: Actor) -> Thing:
    """Errors: not_found."""
    asset_id = stickers.read(token)
    row = await connection.fetchrow(_ASSET.format(visible=VISIBLE[actor.role]), asset_id, actor.id)
    if row is None:
        raise NotFound
    visible: bool = row["visible"]
    label = Label(
        category=row["category"],
        brand=row["brand"],
        model=row["model"],
        serial_number=row["serial_number"] if visible else "",
        warranty_start=row["purchased_on"] if visible else None,
        warranty_months=row["warranty_months"],
    )
    return Thing(label, asset_id if visible else None)


async def sticker_of(connection: asyncpg.Connection, stickers: Stickers, asset_id: UUID, actor: Actor) -> str:
    """The address to print, for whoever may see the appliance. Errors: not_found."""
    await visible_asset(connection, asset_id, actor)
    return stickers.url(asset_id)

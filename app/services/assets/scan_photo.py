"""The codes on a photo of a label: of several the one that says most."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.db import driver
from app.domain.actor import Actor
from app.domain.labels import read_label
from app.errors import InvalidInput
from app.schemas.labels import LabelOut
from app.services.assets.scan_label import scan_label
from app.services.attachments.objects import PhotoStore, key_of
from app.services.attachments.upload import uploader_of
from app.services.attachments.urls import Variant
from app.services.barcodes.call import read_codes

# As long as a text may be that a phone has scanned itself.
LONGEST = 2000

_OWN = """
SELECT EXISTS (SELECT FROM attachments WHERE id = $1 AND media_type LIKE 'image/%'
                  AND (customer_id = $2 OR staff_id = $3))
"""


async def scan_photo(
    sessions: async_sessionmaker[AsyncSession], store: PhotoStore, attachment_id: UUID, *, actor: Actor
) -> LabelOut:
    """Errors: invalid_input for a photo that is not the caller's, or has no code that can be read.

    No connection is held while the photo is looked at.
    """
    uploader = uploader_of(actor)
    async with sessions.begin() as session:
        connection = await driver(session)
        own = await connection.fetchval(_OWN, attachment_id, uploader.customer_id, uploader.staff_id)
    stored = await store.get(key_of(attachment_id, Variant.FULL)) if own else None
    if stored is None:
        raise _invalid("这张照片不存在，请重新上传。", "unknown_attachment")
    texts = await read_codes(b"".join([chunk async for chunk in stored.chunks]))
    if not texts:
        raise _invalid(
            "照片里没有读出二维码或条形码。请靠近铭牌、避开反光再拍一张，或手动填写型号和序列号。", "no_code"
        )
    best = max((text[:LONGEST] for text in texts), key=lambda text: read_label(text).confidence)
    async with sessions.begin() as session:
        return await scan_label(await driver(session), best)


def _invalid(msg: str, code: str) -> InvalidInput:
    return InvalidInput.at("body.attachment_id", msg, code)

"""A photo that came with a form of a page."""

from datetime import datetime
from uuid import UUID

from fastapi import UploadFile

from app.domain.actor import Actor
from app.domain.situation import Purpose
from app.errors import InvalidInput
from app.services.attachments.objects import PhotoStore
from app.services.attachments.upload import Sessions, upload


async def taken(
    sessions: Sessions,
    store: PhotoStore,
    file: UploadFile | None,
    *,
    actor: Actor,
    now: datetime,
    purpose: Purpose = Purpose.REPORT,
) -> UUID:
    """Its id, kept but bound to nothing yet. Errors: invalid_input when none was chosen, and those of ``upload``."""
    if file is None or not file.size:
        raise InvalidInput.at("body.file", "请先拍一张或从相册选一张照片。", "missing")
    made = await upload(
        sessions,
        store,
        actor=actor,
        content=file.file,
        purpose=purpose,
        ticket_number=None,
        key=None,
        now=now,
    )
    return made.id

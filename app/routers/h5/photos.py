"""Photos in a form: those that the script sent before it one by one, and those that came with it."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from starlette.datastructures import FormData, UploadFile

from app.domain.actor import Actor
from app.domain.situation import Purpose
from app.errors import Problem
from app.services.attachments.objects import PhotoStore
from app.services.attachments.upload import upload
from app.services.tickets.present import SignUrl

MOST = 9


@dataclass(frozen=True)
class Taken:
    """The ids of all of them; ``label`` is the photo of a label; ``errors`` by field, in words."""

    photos: tuple[str, ...] = ()
    label: UUID | None = None
    errors: Mapping[str, str] = field(default_factory=dict)


async def taken_in(
    sent: FormData,
    sessions: async_sessionmaker[AsyncSession],
    store: PhotoStore,
    *,
    actor: Actor,
    key: str,
    now: datetime,
) -> Taken:
    """``key`` is the form's: a form that is sent twice brings each photo once."""

    async def keep(file: UploadFile) -> UUID:
        content = hashlib.sha256(await file.read()).hexdigest()[:16]
        await file.seek(0)
        made = await upload(
            sessions,
            store,
            actor=actor,
            content=file.file,
            purpose=Purpose.REPORT,
            ticket_number=None,
            key=f"{key}.{content}",
            now=now,
        )
        return made.id

    photos, errors = [i for i in map(str, sent.getlist("photo")) if _is_id(i)], {}
    for file in _files(sent, "photos"):
        try:
            photos.append(str(await keep(file)))
        except Problem as refused:
            errors["photos"] = f"{file.filename or '照片'}：{refused.msg}"
    label = None
    for file in _files(sent, "label"):
        try:
            label = await keep(file)
        except Problem as refused:
            errors["label"] = refused.msg
    if len(photos) > MOST:
        errors["photos"] = f"最多 {MOST} 张照片，请去掉几张。"
    return Taken(tuple(dict.fromkeys(photos))[:MOST], label, errors)


def shown(ids: tuple[str, ...], sign_url: SignUrl, viewer: str) -> list[dict[str, str]]:
    """To be seen again in a form that came back."""
    return [{"id": each, "url": sign_url(each, "thumbnail", viewer)} for each in ids]


def _files(sent: FormData, name: str) -> list[UploadFile]:
    """A field in which nothing was chosen sends an empty file."""
    return [each for each in sent.getlist(name) if isinstance(each, UploadFile) and each.size]


def _is_id(said: str) -> bool:
    try:
        return str(UUID(said)) == said
    except ValueError:
        return False

"""Photos: uploaded by those who report and repair, shown by signed addresses."""

from typing import Annotated

from fastapi import APIRouter, Form, Query, UploadFile
from fastapi.responses import StreamingResponse

from app.clock import Now
from app.domain.situation import Purpose
from app.routers.dependencies import ActorDep, IdempotencyKey, PhotoUrlsDep, SessionsDep, StoreDep
from app.schemas.attachments import UploadedOut
from app.schemas.common import Moment, Word
from app.services.attachments.read import PhotoContent, read
from app.services.attachments.upload import Said, upload
from app.services.attachments.urls import Claim, Variant

router = APIRouter(prefix="/api/v1/attachments", tags=["attachments"])


@router.post("", status_code=201, form_limits={"max_files": 1, "max_fields": 8, "max_part_size": 1024})
async def upload_photo(
    file: UploadFile,
    actor: ActorDep,
    sessions: SessionsDep,
    store: StoreDep,
    urls: PhotoUrlsDep,
    now: Now,
    ticket: Annotated[str | None, Form(max_length=40, pattern=r"^[0-9A-Za-z-]+$")] = None,
    purpose: Annotated[Purpose, Form()] = Purpose.REPORT,
    item: Annotated[str, Form(max_length=40, pattern=r"^[a-z_]*$")] = "",
    caption: Annotated[Word, Form()] = "",
    latitude: Annotated[float | None, Form(ge=-90, le=90)] = None,
    longitude: Annotated[float | None, Form(ge=-180, le=180)] = None,
    taken_at: Annotated[Moment | None, Form()] = None,
    idempotency_key: IdempotencyKey = None,
) -> UploadedOut:
    """A JPEG, PNG or WebP photo of at most 10 MB and 25 megapixels. Its name and its metadata are dropped.

    ``item`` names what of the job's checklist an engineer's photo shows (``GET /tickets/{number}/checklist``).
    """
    photo = await upload(
        sessions,
        store,
        actor=actor,
        content=file.file,
        purpose=purpose,
        ticket_number=ticket,
        key=idempotency_key,
        now=now,
        said=Said(item, caption, latitude, longitude, taken_at),
    )
    return UploadedOut(
        id=str(photo.id),
        url=urls.sign(photo.id, Variant.FULL, viewer=actor.id, now=now),
        thumbnail_url=urls.sign(photo.id, Variant.THUMBNAIL, viewer=actor.id, now=now),
        width=photo.width,
        height=photo.height,
    )


@router.get("/{attachment_id}/content", response_class=StreamingResponse)
async def photo_content(
    attachment_id: str,
    store: StoreDep,
    urls: PhotoUrlsDep,
    now: Now,
    variant: Annotated[str, Query()] = "",
    viewer: Annotated[str, Query()] = "",
    expires: Annotated[str, Query()] = "",
    signature: Annotated[str, Query()] = "",
) -> StreamingResponse:
    """For the `src` of an image, which can carry no token: the address itself is the permission."""
    claim = Claim(attachment_id, variant, viewer, expires, signature)
    photo = await read(store, urls, claim, now=now)
    return StreamingResponse(photo.stored.chunks, media_type=photo.media_type, headers=_headers(photo))


def _headers(photo: PhotoContent) -> dict[str, str]:
    """Whatever the bytes were, no browser may take them for anything but a picture."""
    return {
        "Content-Length": str(photo.stored.size),
        "Content-Disposition": 'inline; filename="photo.jpg"',
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cache-Control": f"private, max-age={photo.seconds_left}, immutable",
    }

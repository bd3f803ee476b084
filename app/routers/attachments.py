"""Photos: uploaded by those who report and repair, shown by signed addresses."""

from datetime import datetime
from typing import Annotated

from fastapi import Depends, Form, Header, Query, UploadFile
from fastapi.responses import StreamingResponse

from app.domain.actor import Actor
from app.domain.situation import Purpose
from app.edge.given import Now
from app.edge.routes import Routes
from app.models.tickets import Attachment
from app.routers.dependencies import ActorDep, IdempotencyKey, PhotoUrlsDep, SessionsDep, StoreDep
from app.schemas.attachments import UploadedOut
from app.schemas.common import Moment, Word
from app.services.attachments.read import PhotoContent, read, span_of
from app.services.attachments.upload import Said, upload
from app.services.attachments.urls import Claim, PhotoUrls, Variant
from app.services.attachments.videos import keep_video

router = Routes(prefix="/api/v1/attachments", tags=["attachments"])

TicketNumber = Annotated[str | None, Form(max_length=40, pattern=r"^[0-9A-Za-z-]+$")]
ItemCode = Annotated[str, Form(max_length=40, pattern=r"^[a-z_]*$")]
Latitude = Annotated[float | None, Form(ge=-90, le=90)]
Longitude = Annotated[float | None, Form(ge=-180, le=180)]


async def said_of_it(
    item: ItemCode = "",
    caption: Annotated[Word, Form()] = "",
    latitude: Latitude = None,
    longitude: Longitude = None,
    taken_at: Annotated[Moment | None, Form()] = None,
) -> Said:
    return Said(item, caption, latitude, longitude, taken_at)


SaidDep = Annotated[Said, Depends(said_of_it)]


@router.post("", status_code=201, form_limits={"max_files": 1, "max_fields": 8, "max_part_size": 1024})
async def upload_photo(
    file: UploadFile,
    actor: ActorDep,
    sessions: SessionsDep,
    store: StoreDep,
    urls: PhotoUrlsDep,
    now: Now,
    said: SaidDep,
    ticket: TicketNumber = None,
    purpose: Annotated[Purpose, Form()] = Purpose.REPORT,
    idempotency_key: IdempotencyKey = None,
) -> UploadedOut:
    """A JPEG, PNG or WebP photo of at most 10 MB and 25 megapixels. Its name and its metadata are dropped.

    ``item`` names what of the job's checklist an engineer's photo shows (``GET /tickets/{number}/checklist``).
    """
    taken = await upload(
        sessions,
        store,
        actor=actor,
        content=file.file,
        purpose=purpose,
        ticket_number=ticket,
        key=idempotency_key,
        now=now,
        said=said,
    )
    return _uploaded(taken, urls, actor, now)


@router.post("/videos", status_code=201, form_limits={"max_files": 1, "max_fields": 8, "max_part_size": 1024})
async def upload_video(
    file: UploadFile,
    actor: ActorDep,
    sessions: SessionsDep,
    store: StoreDep,
    urls: PhotoUrlsDep,
    now: Now,
    said: SaidDep,
    ticket: TicketNumber = None,
    purpose: Annotated[Purpose, Form()] = Purpose.REPORT,
    idempotency_key: IdempotencyKey = None,
) -> UploadedOut:
    """An MP4, MOV or WebM video of at most 60 seconds, 50 MB and 4K; it counts wherever a photo does.

    It is written anew without its metadata; its still carries time and place, as a photo of the job does.
    """
    taken = await upload(
        sessions,
        store,
        actor=actor,
        content=file.file,
        purpose=purpose,
        ticket_number=ticket,
        key=idempotency_key,
        now=now,
        said=said,
        keeping=keep_video,
    )
    return _uploaded(taken, urls, actor, now)


def _uploaded(taken: Attachment, urls: PhotoUrls, actor: Actor, now: datetime) -> UploadedOut:
    def url(variant: Variant) -> str:
        return urls.sign(taken.id, variant, viewer=actor.id, now=now)

    kind, _, container = taken.media_type.partition("/")
    return UploadedOut(
        id=str(taken.id),
        url=url(Variant.FULL),
        thumbnail_url=url(Variant.THUMBNAIL),
        width=taken.width,
        height=taken.height,
        video_url=url(Variant(container)) if kind == "video" else None,
        duration_ms=taken.duration_ms,
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
    range_: Annotated[str | None, Header(alias="Range", max_length=100)] = None,
) -> StreamingResponse:
    """For the `src` of an image or a video, which can carry no token: the address itself is the permission."""
    claim, span = Claim(attachment_id, variant, viewer, expires, signature), span_of(range_)
    photo = await read(store, urls, claim, now=now, span=span)
    headers, status = _headers(photo), 200
    if span is not None:
        stored, status = photo.stored, 206
        headers["Content-Range"] = f"bytes {stored.begin}-{stored.end - 1}/{stored.size}"
    return StreamingResponse(
        photo.stored.chunks, status, media_type=photo.variant.media_type, headers=headers
    )


def _headers(photo: PhotoContent) -> dict[str, str]:
    """Whatever the bytes were, no browser may take them for anything but a picture or a video."""
    video = photo.variant.media_type.startswith("video/")
    name = photo.variant.file_name if video else "photo.jpg"
    return {
        "Content-Length": str(photo.stored.end - photo.stored.begin),
        "Content-Disposition": f'inline; filename="{name}"',
        "Accept-Ranges": "bytes",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cache-Control": f"private, max-age={photo.seconds_left}, immutable",
    }

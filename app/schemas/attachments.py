"""What crosses the API about photos."""

from app.schemas.common import Output


class UploadedOut(Output):
    """``url`` and ``thumbnail_url`` work for the uploader and for some minutes; a ticket gives fresh ones."""

    id: str
    url: str
    thumbnail_url: str
    width: int
    height: int
    video_url: str | None
    duration_ms: int | None

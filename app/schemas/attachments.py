"""What crosses the API about photos."""

from pydantic import BaseModel


class UploadedOut(BaseModel):
    """``url`` and ``thumbnail_url`` work for the uploader and for some minutes; a ticket gives fresh ones."""

    id: str
    url: str
    thumbnail_url: str
    width: int
    height: int

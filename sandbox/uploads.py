"""The one file of a multipart body."""

from collections.abc import AsyncGenerator

from starlette.datastructures import Headers, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from sandbox.calls import Upload
from sandbox.errors import PlatformError


async def read_upload(content_type: str, raw: bytes) -> Upload | None:
    """None when there is no file named `media`."""
    if not content_type.startswith("multipart/form-data"):
        raise PlatformError(41005)
    try:
        form = await MultiPartParser(Headers({"content-type": content_type}), _stream(raw)).parse()
    except (MultiPartException, KeyError) as error:
        raise PlatformError(41005) from error
    try:
        file = form.get("media")
        if not isinstance(file, UploadFile):
            return None
        return Upload(file.filename or "media", await file.read())
    finally:
        await form.close()


async def _stream(raw: bytes) -> AsyncGenerator[bytes, None]:
    yield raw

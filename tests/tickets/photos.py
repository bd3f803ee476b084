"""A small picture."""

from functools import lru_cache
from io import BytesIO

from PIL import Image


@lru_cache
def photo() -> bytes:
    buffer = BytesIO()
    Image.new("RGB", (64, 48), (30, 120, 60)).save(buffer, "JPEG")
    return buffer.getvalue()

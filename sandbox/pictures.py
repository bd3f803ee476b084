"""Pictures that the platform draws."""

import io

from PIL import Image

from sandbox import qr

_QUIET = 4


def qr_jpeg(text: str, width: int = 430) -> bytes:
    """A real QR code, so that any camera, and any test, reads what it says."""
    rows = qr.matrix(text)
    side = len(rows) + 2 * _QUIET
    image = Image.new("L", (side, side), 255)
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            if dark:
                image.putpixel((x + _QUIET, y + _QUIET), 0)
    encoded = io.BytesIO()
    image.resize((width, width), Image.Resampling.NEAREST).save(encoded, "JPEG", quality=90)
    return encoded.getvalue()


def sample_photo() -> bytes:
    """What a hand takes with the camera when a test does not say."""
    image = Image.new("RGB", (320, 240), (206, 222, 232))
    image.paste((90, 110, 124), (60, 70, 260, 170))
    image.paste((244, 246, 248), (76, 86, 244, 130))
    encoded = io.BytesIO()
    image.save(encoded, "JPEG", quality=85)
    return encoded.getvalue()

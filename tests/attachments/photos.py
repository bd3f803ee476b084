"""Photos to upload: honest ones and hostile ones."""

import struct
import zlib
from io import BytesIO

from PIL import Image

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def photo(
    format: str = "JPEG", *, size: tuple[int, int] = (640, 480), mode: str = "RGB", **options: object
) -> bytes:
    buffer = BytesIO()
    # Left half red, right half blue: enough to see how a picture was turned.
    image = Image.new(mode, size, "red" if mode == "RGB" else None)
    if mode == "RGB":
        image.paste("blue", (size[0] // 2, 0, *size))
    image.save(buffer, format, **options)
    return buffer.getvalue()


def opened(data: bytes) -> Image.Image:
    image = Image.open(BytesIO(data))
    image.load()
    return image


def exif(orientation: int = 1) -> Image.Exif:
    """What a phone writes: how it was held, where, and with what."""
    block = Image.Exif()
    block[0x0112] = orientation
    block[0x010F] = "SecretMaker"
    block.get_ifd(0x8825).update({1: "N", 2: (31.0, 13.0, 49.5), 3: "E", 4: (121.0, 28.0, 25.5)})
    return block


def pixel_bomb(width: int = 12_000, height: int = 12_000) -> bytes:
    """A few kilobytes that decode to hundreds of megabytes: one bit a pixel, all of them zero."""
    row = b"\x00" + bytes((width + 7) // 8)
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return (
        SIGNATURE
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(row * height, 9))
        + chunk(b"IEND", b"")
    )


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

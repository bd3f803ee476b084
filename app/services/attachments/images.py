"""Photos are rebuilt from their pixels: what a file claims to be, and all it carries besides, is dropped.

Pure: bytes in, bytes out. Memory is bounded by looking at the dimensions before any pixel is decoded.
"""

import struct
import threading
import warnings
from contextlib import nullcontext
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO

from PIL import Image, JpegImagePlugin, UnidentifiedImageError

from app.errors import InvalidInput, PayloadTooLarge, Problem, UnsupportedMedia
from app.services.attachments.watermark import Mark, stamped

MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 25_000_000
MAX_SIDE = 12_000
FULL_SIDE = 2560
THUMBNAIL_SIDE = 320
MEDIA_TYPE = "image/jpeg"

# Pillow's own guard stands behind ours. Its default is only a warning, and only from 89 megapixels on.
Image.MAX_IMAGE_PIXELS = MAX_PIXELS
warnings.simplefilter("error", Image.DecompressionBombWarning)

# Progressive scans each pass over the whole picture, however few bytes they take: a small file with
# thousands of them burns minutes. Cameras and editors write about ten.
MAX_SCANS = 64
START_OF_SCAN = b"\xff\xda"

# Peak bytes a pixel, measured at 25 megapixels. A baseline JPEG is decoded at a fraction of its size.
BYTES_A_PIXEL = {"JPEG": 7, "PNG": 11, "WEBP": 19}
PROGRESSIVE_BYTES_A_PIXEL = 10
HEAVY = 100_000_000
_one_heavy_at_a_time = threading.Lock()

# What Pillow's parsers raise on hostile bytes; OSError includes "cannot identify" and "truncated".
BROKEN = (OSError, SyntaxError, ValueError, TypeError, LookupError, ArithmeticError, EOFError, struct.error)

ORIENTATION = 0x0112
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


@dataclass(frozen=True)
class Encoded:
    """``origin`` is the hash of what was sent, by which a repeated upload is known."""

    content: bytes
    thumbnail: bytes
    width: int
    height: int
    origin: str
    media_type: str = MEDIA_TYPE


def reencode(data: bytes, mark: Mark | None = None) -> Encoded:
    """An upright JPEG with nothing but pixels and the mark, and its thumbnail. Of an animation, the first frame.

    Blocks for as long as decoding takes; raises PayloadTooLarge, UnsupportedMedia or InvalidInput.
    """
    _check_length(data)
    with _identify(data) as image:
        _check_dimensions(*image.size)
        _check_scans(image, data)
        with _one_heavy_at_a_time if _peak_bytes(image) > HEAVY else nullcontext():
            full = _upright(_flatten(_shrunk(image, FULL_SIDE)), _orientation(image))
    if mark is not None:
        full = stamped(full, mark)
    thumbnail = full.resize(_fitted(full.size, THUMBNAIL_SIDE), Image.Resampling.LANCZOS, reducing_gap=2.0)
    return Encoded(_jpeg(full, 85), _jpeg(thumbnail, 80), full.width, full.height, sha256(data).hexdigest())


def _check_length(data: bytes) -> None:
    if len(data) > MAX_BYTES:
        raise PayloadTooLarge("照片太大了，请选择 10 MB 以内的照片。")
    if not data:
        raise _invalid("照片是空的，请重新选择。", "empty")


def _identify(data: bytes) -> Image.Image:
    """Opens lazily: reads the header only."""
    try:
        return Image.open(BytesIO(data), formats=("JPEG", "PNG", "WEBP"))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
        raise _too_many_pixels() from bomb
    except UnidentifiedImageError as unknown:
        raise UnsupportedMedia("只支持 JPEG、PNG 或 WebP 格式的照片。") from unknown
    except BROKEN as broken:
        raise _damaged() from broken


def _check_dimensions(width: int, height: int) -> None:
    if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:
        raise _too_many_pixels()


def _check_scans(image: Image.Image, data: bytes) -> None:
    if isinstance(image, JpegImagePlugin.JpegImageFile) and data.count(START_OF_SCAN) > MAX_SCANS:
        raise _damaged()


def _peak_bytes(image: Image.Image) -> int:
    pixels = image.width * image.height
    if "progressive" in image.info:
        return pixels * PROGRESSIVE_BYTES_A_PIXEL
    # A phone's JPEG may call itself MPO: the picture, then a depth map or a second exposure.
    return pixels * BYTES_A_PIXEL.get(image.format or "", BYTES_A_PIXEL["JPEG"])


def _shrunk(image: Image.Image, side: int) -> Image.Image:
    """At most ``side`` long. A JPEG is decoded at a half, a quarter or an eighth where that is enough."""
    target = _fitted(image.size, side)
    try:
        image.draft(None, target)
        image.load()
    except BROKEN as broken:
        raise _damaged() from broken
    if image.mode in ("P", "1", "PA", "I;16", "I", "LA") or "transparency" in image.info:
        # Palettes cannot be interpolated, nor can a single transparent colour.
        image = _widened(image)
    return image.resize(target, Image.Resampling.LANCZOS, reducing_gap=2.0) if image.size != target else image


def _widened(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I"):
        # Sixteen bits of grey: converting would clip all but the darkest to white.
        return image.convert("I").point(lambda value: value / 256).convert("L")
    return image.convert("RGBA")


def _flatten(image: Image.Image) -> Image.Image:
    if image.mode != "RGBA":
        return image.convert("RGB")
    paper = Image.new("RGB", image.size, "white")
    paper.paste(image, mask=image.getchannel("A"))
    return paper


def _orientation(image: Image.Image) -> int:
    """1 (as it is) when the EXIF block cannot be read: a crooked photo is better than none."""
    try:
        found = image.getexif().get(ORIENTATION, 1)
    except (*BROKEN, Warning):
        return 1
    return found if isinstance(found, int) else 1


def _upright(image: Image.Image, orientation: int) -> Image.Image:
    turn = UPRIGHT.get(orientation)
    return image if turn is None else image.transpose(turn)


def _fitted(size: tuple[int, int], side: int) -> tuple[int, int]:
    scale = min(1.0, side / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _jpeg(image: Image.Image, quality: int) -> bytes:
    # The encoder writes the comment and the resolution that it finds here.
    image.info.clear()
    buffer = BytesIO()
    image.save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()


def _invalid(msg: str, code: str) -> Problem:
    return InvalidInput.at("body.file", msg, code)


def _damaged() -> Problem:
    return _invalid("照片已损坏或不完整，请重新拍摄或选择。", "damaged_image")


def _too_many_pixels() -> Problem:
    return _invalid("照片尺寸太大，请选择 2500 万像素以内、单边不超过 12000 像素的照片。", "too_many_pixels")

"""Time and place drawn into a picture of the job, small and readable on light and on dark.

Pure. The font is the one that Pillow carries, which knows digits and Latin letters only.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont

from app.domain.zone import ZONE

# Of the longer side of the picture, so that a small one is not covered by it; never too small to read.
_LETTER = 1 / 52
_SMALLEST = 11
_PAPER, _INK, _GLASS = (0, 0, 0), (255, 255, 255), 0.55


@dataclass(frozen=True)
class Mark:
    """``at`` is the server's time, whatever a phone says."""

    at: datetime
    ticket: str = ""
    latitude: float | None = None
    longitude: float | None = None

    @property
    def lines(self) -> tuple[str, ...]:
        return tuple(
            filter(None, (f"{self.at.astimezone(ZONE):%Y-%m-%d %H:%M:%S} +08:00", self.ticket, self._place))
        )

    @property
    def _place(self) -> str:
        if self.latitude is None or self.longitude is None:
            return "NO GPS"
        north = "N" if self.latitude >= 0 else "S"
        east = "E" if self.longitude >= 0 else "W"
        return f"{abs(self.latitude):.5f}{north} {abs(self.longitude):.5f}{east}"


def stamped(image: Image.Image, mark: Mark) -> Image.Image:
    """A copy with the mark in its lower left corner; every pixel outside the mark's box stays as it was."""
    box = box_of(image.size, mark)
    patch = image.crop(box)
    patch = Image.blend(patch, Image.new("RGB", patch.size, _PAPER), _GLASS)
    size = _letter(image.size)
    ImageDraw.Draw(patch).multiline_text(
        (size // 2, size // 3), "\n".join(mark.lines), font=_font(size), fill=_INK, spacing=size // 3
    )
    marked = image.copy()
    marked.paste(patch, box)
    return marked


def box_of(size: tuple[int, int], mark: Mark) -> tuple[int, int, int, int]:
    letter = _letter(size)
    measure = ImageDraw.Draw(Image.new("L", (1, 1)))
    _, _, right, bottom = measure.multiline_textbbox(
        (letter // 2, letter // 3), "\n".join(mark.lines), font=_font(letter), spacing=letter // 3
    )
    width, height = min(size[0], int(right) + letter // 2), min(size[1], int(bottom) + letter // 2)
    return 0, size[1] - height, width, size[1]


def _letter(size: tuple[int, int]) -> int:
    return max(_SMALLEST, round(max(size) * _LETTER))


@lru_cache
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)

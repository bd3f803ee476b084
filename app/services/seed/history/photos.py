"""Pictures of the work, drawn: a thing before (with something wrong) and after (clean)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from io import BytesIO
from uuid import UUID, uuid4

from PIL import Image, ImageDraw

from app.domain.situation import Purpose

SIZE = (640, 480)
_THUMBNAIL = (320, 240)


@dataclass(frozen=True)
class Picture:
    content: bytes
    thumbnail: bytes
    sha256: str


@dataclass(frozen=True)
class Taken:
    id: UUID
    sha256: str
    size: int
    width: int
    height: int


@dataclass
class Pictures:
    """All photos of the past, to be stored under their ids afterwards; many show the same."""

    taken: dict[UUID, Picture] = field(default_factory=dict)

    def take(self, category: str, purpose: Purpose) -> Taken:
        picture = draw(sum(map(ord, category)) % len(_WALLS), purpose is Purpose.AFTER)
        # The one thing that is not the same each time: a town that was planted before, or half planted, may
        # have left its objects in the store, where a key is written once.
        identity = uuid4()
        self.taken[identity] = picture
        return Taken(identity, picture.sha256, len(picture.content), *SIZE)


_WALLS = ("#d9dfe3", "#e8e1d3", "#d6e2d5", "#e3d8dd", "#dad9e8")
_MARKS: Mapping[bool, str] = {True: "#2f9e63", False: "#c0553b"}


@lru_cache
def draw(wall: int, done: bool) -> Picture:
    image = Image.new("RGB", SIZE, _WALLS[wall])
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 400, 640, 480), fill="#a9927a")
    pen.rounded_rectangle((150, 120, 490, 330), 24, fill="#f7f8f8", outline="#9aa3a8", width=4)
    pen.ellipse((190, 160, 310, 280), outline="#7c8a91", width=6)
    pen.rounded_rectangle((340, 170, 455, 200), 8, fill="#c3ccd0")
    pen.ellipse((438, 268, 462, 292), fill=_MARKS[done])
    if not done:
        pen.line((235, 330, 215, 400), fill="#5c86a8", width=6)
        pen.polygon(((360, 215), (385, 260), (335, 260)), fill=_MARKS[done])
    content = _jpeg(image)
    return Picture(content, _jpeg(image.resize(_THUMBNAIL)), sha256(content).hexdigest())


def _jpeg(image: Image.Image) -> bytes:
    buffer = BytesIO()
    image.save(buffer, "JPEG", quality=80)
    return buffer.getvalue()

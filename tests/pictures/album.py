"""Where pictures go, and how large they may become."""

import io
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image
from playwright.async_api import Page

LARGEST = 250_000


class TooLarge(RuntimeError):
    """Would make every clone of the repository slower; take it smaller."""


@dataclass
class Album:
    folder: Path
    taken: list[Path] = field(default_factory=list)

    async def take(self, page: Page, name: str) -> None:
        picture = _smaller(await page.screenshot())
        if len(picture) > LARGEST:
            raise TooLarge(f"{name}.png has {len(picture) // 1000} kB")
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"{name}.png"
        path.write_bytes(picture)
        self.taken.append(path)


def _smaller(picture: bytes) -> bytes:
    """The same pixels in fewer bytes: no transparency, and a search for the best packing."""
    packed = io.BytesIO()
    Image.open(io.BytesIO(picture)).convert("RGB").save(packed, "PNG", optimize=True)
    return min(picture, packed.getvalue(), key=len)

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
    """A palette makes it a third of the size. Coverage, not frequency, chooses it: a small red badge stays red."""
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    reduced = io.BytesIO()
    chosen = image.quantize(256, Image.Quantize.MAXCOVERAGE, kmeans=2, dither=Image.Dither.NONE)
    chosen.save(reduced, "PNG", optimize=True)
    return reduced.getvalue()

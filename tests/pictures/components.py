"""Every component on one page, as a phone and as a desk have it, by day and by night. No page of the product."""

from datetime import UTC, datetime, time
from pathlib import Path

from jinja2 import FileSystemLoader
from playwright.async_api import Browser

from app.pages.assets import assets
from app.pages.render import FOLDER, PAGES
from tests.browser.pages import PHONE, open_page
from tests.pictures.album import Album

# As wide as the pages of each, and as long as all of it.
_SIZES = {"phone": (PHONE["width"], 2200), "desk": (1100, 1150)}


def components(kind: str) -> str:
    """The page with its style in it."""
    pages = PAGES.overlay(loader=FileSystemLoader([Path(__file__).parent, FOLDER]))
    style = assets()["h5.css" if kind == "phone" else "console.css"].content.decode()
    at = datetime(2026, 6, 15, 2, 0, tzinfo=UTC)
    span = {"start": at, "end": datetime.combine(at, time(10), UTC)}
    return pages.get_template("components.html").render(desk=kind == "desk", style=style, at=at, span=span)


async def photograph_components(browser: Browser, album: Album) -> None:
    for kind, (width, height) in _SIZES.items():
        for scheme in ("light", "dark"):
            colours = "dark" if scheme == "dark" else "light"
            async with open_page(browser, size={"width": width, "height": height}, scheme=colours) as page:  # type: ignore[arg-type]
                await page.set_content(components(kind))
                await album.take(page, f"components-{kind}-{scheme}")

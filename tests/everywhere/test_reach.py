"""Every page, light and dark, shuts nobody out: axe-core finds nothing serious, and the browser has nothing to say."""

from playwright.async_api import Browser, Page

from tests.browser.axe import barriers
from tests.browser.pages import DESKTOP, PHONE, open_page
from tests.everywhere.places import Place, Places
from tests.everywhere.program import barriers_of_program
from tests.everywhere.visits import ask_nothing_later, become


async def test_every_page_can_be_used_by_everybody(places: Places, base: str, browser: Browser) -> None:
    found: list[str] = []
    async with open_page(browser) as page:
        await ask_nothing_later(page)
        for place in places.found:
            found += await _look(page, base, places, place)
    assert found == []


async def test_every_page_of_the_mini_program_can_be_used_by_everybody(
    places: Places, base: str, browser: Browser
) -> None:
    assert await barriers_of_program(places, base, browser) == []


async def _look(page: Page, base: str, places: Places, place: Place) -> list[str]:
    await become(page, base, places, place.who)
    await page.set_viewport_size(DESKTOP if place.path.startswith("/console") else PHONE)
    await page.emulate_media(color_scheme="light", reduced_motion="reduce")
    await page.goto(f"{base}{place.path}")
    light = [f"{place.path}: {each}" for each in await barriers(page)]
    await page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    # The page is the same; only its colours have changed.
    return light + [f"{place.path}, dark: {each}" for each in await barriers(page, only=("color-contrast",))]

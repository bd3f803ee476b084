"""Every page of the mini-program, as a customer of the furnished world sees it, shuts nobody out."""

from playwright.async_api import Browser

from tests.everywhere.places import Places
from tests.everywhere.program import barriers_of_program


async def test_every_page_of_the_mini_program_can_be_used_by_everybody(
    places: Places, base: str, browser: Browser
) -> None:
    assert await barriers_of_program(places, base, browser) == []

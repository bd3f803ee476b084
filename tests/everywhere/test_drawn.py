"""Payloads in every text that people write, then every page in a browser, light and dark: words stay words, axe-core
finds nothing that shuts anybody out, and the browser has nothing to say.
"""

import asyncpg
from playwright.async_api import Browser, Page

from tests.browser.axe import barriers
from tests.browser.pages import DESKTOP, PHONE, open_page
from tests.everywhere.payloads import PAYLOADS
from tests.everywhere.places import Place, Places
from tests.everywhere.poison import Poison
from tests.everywhere.visits import ask_nothing_later, become

# Whatever is against the policy is told to the page, too.
_WATCH = """
window.broken = [];
document.addEventListener("securitypolicyviolation", (e) => broken.push(`${e.violatedDirective} ${e.blockedURI}`));
"""
# A chart places what it draws itself.
_SEEN = """() => ({
  taken: window.taken ?? null,
  broken: window.broken,
  odd: [...document.querySelectorAll("*")].filter((e) =>
    [...e.attributes].some((a) => a.name.startsWith("on")
      || (a.name === "style" && !e.closest("[data-plot]"))
      || (/^\\s*javascript:/i.test(a.value) && ["href", "src", "action", "formaction", "xlink:href"].includes(a.name)))
    || (e.localName === "script" && !e.src) || ["iframe", "base", "object", "embed", "style"].includes(e.localName))
    .map((e) => e.outerHTML.slice(0, 200)),
  words: document.documentElement.textContent
    + [...document.querySelectorAll("input, textarea")].map((e) => e.value).join(" "),
})"""


async def test_words_stay_words_on_every_page_and_everybody_can_use_it(
    places: Places, rows: asyncpg.Connection, base: str, browser: Browser
) -> None:
    poison = Poison()
    await poison.spread(rows)
    assert {"tickets.fault", "staff.name", "ratings.comment", "ticket_messages.text"} <= poison.columns
    words = ""
    shut_out: list[str] = []
    async with open_page(browser) as page:
        await page.add_init_script(_WATCH)
        await ask_nothing_later(page)
        page.on("dialog", lambda dialog: _said(dialog.message))
        for place in places.found:
            words += await _look(page, base, places, place)
            shut_out += await _barriers(page, place.path)
    unseen = [each for each in PAYLOADS if _plain(each) not in _plain(words)]
    assert (unseen, shut_out) == ([], [])


async def _look(page: Page, base: str, places: Places, place: Place) -> str:
    await become(page, base, places, place.who)
    await page.set_viewport_size(DESKTOP if place.path.startswith("/console") else PHONE)
    await page.emulate_media(color_scheme="light", reduced_motion="reduce")
    answer = await page.goto(f"{base}{place.path}")
    assert answer is not None
    assert answer.status == 200, place
    seen = await page.evaluate(_SEEN)
    assert (seen["taken"], seen["broken"], seen["odd"]) == (None, [], []), place
    found: str = seen["words"]
    return found


async def _barriers(page: Page, path: str) -> list[str]:
    light = [f"{path}: {each}" for each in await barriers(page)]
    await page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    # The page is the same; only its colours have changed.
    return light + [f"{path}, dark: {each}" for each in await barriers(page, only=("color-contrast",))]


def _said(message: str) -> None:
    raise AssertionError(f"a page opened a dialog: {message}")


def _plain(text: str) -> str:
    return " ".join(text.split())

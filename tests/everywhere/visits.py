"""Going from page to page as whoever may open it."""

from playwright.async_api import Page

from app.routers.dependencies import SESSION_COOKIE, STAFF_COOKIE
from tests.everywhere.places import Places

# In the page itself: whoever stops requests on their way lets the others through one by one, and none from a cache.
_ASKS_NOTHING = """
window.fetch = async () => new Response(null, {status: 204});
window.EventSource = class extends EventTarget { close() {} };
"""


async def become(page: Page, base: str, places: Places, who: str) -> None:
    await page.context.clear_cookies()
    token = places.world.callers[who].headers.get("authorization", "").removeprefix("Bearer ")
    if token:
        name = SESSION_COOKIE if who in ("owner", "stranger") else STAFF_COOKIE
        await page.context.add_cookies([{"name": name, "value": token, "url": base}])


async def ask_nothing_later(page: Page) -> None:
    """What a page asks for by itself once it stands would meet the next page on the one connection of a test."""
    await page.add_init_script(_ASKS_NOTHING)

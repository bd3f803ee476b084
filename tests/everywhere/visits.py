"""Going from page to page as whoever may open it."""

from playwright.async_api import Page, Route

from app.routers.dependencies import SESSION_COOKIE, STAFF_COOKIE
from tests.everywhere.places import Places


async def become(page: Page, base: str, places: Places, who: str) -> None:
    await page.context.clear_cookies()
    token = places.world.callers[who].headers.get("authorization", "").removeprefix("Bearer ")
    if token:
        name = SESSION_COOKIE if who in ("owner", "stranger") else STAFF_COOKIE
        await page.context.add_cookies([{"name": name, "value": token, "url": base}])


async def not_by_itself(route: Route) -> None:
    if route.request.resource_type in ("fetch", "eventsource"):
        await route.fulfill(status=204)
    else:
        await route.continue_()

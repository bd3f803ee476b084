"""Pages of staff in a real browser: signed in as somebody of a test."""

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from playwright.async_api import Page

from app.routers.dependencies import STAFF_COOKIE
from tests.harness.callers import Caller

Open: TypeAlias = Callable[[Caller, str], Awaitable[None]]


async def sign_in(page: Page, base: str, who: Caller) -> None:
    token = who.headers["authorization"].removeprefix("Bearer ")
    await page.context.add_cookies([{"name": STAFF_COOKIE, "value": token, "url": base}])


def opener(page: Page, base: str) -> Open:
    async def opened(who: Caller, path: str) -> None:
        await sign_in(page, base, who)
        await page.goto(f"{base}{path}")

    return opened

"""Pages of a real browser for tests: what goes wrong in one fails the test that opened it."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal

from playwright.async_api import Browser, ConsoleMessage, Page, ViewportSize, async_playwright

from tests.browser.chromium import Chromium

# As root, and in containers, Chromium's own sandbox cannot be had; the tests open our own pages only.
_ARGUMENTS = ("--no-sandbox", "--disable-dev-shm-usage", "--font-render-hinting=none", "--disable-webgl")
DESKTOP, PHONE = ViewportSize(width=1440, height=900), ViewportSize(width=390, height=844)
_REFUSED = "Failed to load resource: the server responded with a status of 4"
_BLOCKED = "Service Worker registration blocked by Playwright"
# Whoever clicks before a page's scripts have run clicks into nothing, and here nobody would click again.
_HELD_UNTIL_IT_LISTENS = """
(() => {
  if (document.readyState !== "loading") return;
  const held = new CSSStyleSheet();
  held.replaceSync("html, html * { pointer-events: none !important }");
  document.adoptedStyleSheets = [held];
  addEventListener("DOMContentLoaded", () => { document.adoptedStyleSheets = []; });
})();
"""
# Nothing on loopback takes longer, on a busy machine either.
_PATIENCE_MS = 15_000


@asynccontextmanager
async def running_browser(chromium: Chromium) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium.executable,
            args=list(_ARGUMENTS),
            env={**os.environ, **chromium.environment},
        )
        yield browser
        await browser.close()


@asynccontextmanager
async def open_page(
    browser: Browser,
    *,
    size: ViewportSize = DESKTOP,
    scheme: Literal["light", "dark"] = "light",
    scale: float = 1,
    still: bool = True,
    refusals: bool = False,
) -> AsyncIterator[Page]:
    """A window with cookies of its own; errors in its console are raised when it closes.

    With ``refusals`` a no of the service is an answer like another, though Chromium notes each.
    """
    context = await browser.new_context(
        viewport=size,
        color_scheme=scheme,
        device_scale_factor=scale,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        reduced_motion="reduce" if still else "no-preference",
        # A worker asks for pages by itself, whenever it likes; tests/field/test_tunnel.py is about that.
        service_workers="block",
    )
    context.set_default_timeout(_PATIENCE_MS)
    await context.add_init_script(_HELD_UNTIL_IT_LISTENS)
    complaints: list[str] = []
    page = await context.new_page()
    ignored = (_BLOCKED, _REFUSED) if refusals else (_BLOCKED,)
    page.on("console", lambda message: complaints.extend(_complaint(message, ignored)))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    try:
        yield page
    finally:
        await context.close()
    if complaints:
        raise AssertionError("the console of the page says: " + "; ".join(complaints))


def _complaint(message: ConsoleMessage, ignored: tuple[str, ...]) -> list[str]:
    where = message.location
    if any(each in message.text for each in ignored):
        return []
    return [f"{message.text} ({where})"] if message.type in ("error", "warning") else []

"""How soon a customer can use the first page, on a slow line: from the tap to the page listening to it.

A browser that has nothing yet, 1.6 Mbit/s and 150 ms for each answer; every look is one of a new customer.
"""

import statistics
import sys
from asyncio import to_thread
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Browser

from app.models.people import Audience
from app.routers.dependencies import SESSION_COOKIE
from bench.field import Field
from bench.rows import TICKETS_OF_THOSE, WITH_A_PAGE, number_of, under_way
from devstack import Stack
from tests.browser.chromium import find
from tests.browser.pages import PHONE, running_browser
from tests.harness.weights import Weight, weigh

TICKETS, LOOKS = 10_000, 7
GOAL_MS = 1000.0
# What Chromium calls a slow line, in bytes a second.
_LINE = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1_600_000 / 8,
    "uploadThroughput": 750_000 / 8,
}


@dataclass(frozen=True)
class Looked:
    """``listens`` and ``painted`` in milliseconds from the beginning of the navigation, of the median look."""

    page: str
    listens: float
    painted: float
    weight: Weight


async def measure(stack: Stack, folder: Path) -> list[Looked]:
    field = Field(stack, folder)
    try:
        size = await field.open(TICKETS, "h5")
        ticket = under_way(TICKETS_OF_THOSE, 1)[0]
        cookie = field.token(Audience.CUSTOMER, f"customer{ticket % WITH_A_PAGE}")
        pages = (("report", "/h5/report"), ("one ticket", f"/h5/tickets/{number_of(ticket)}"))
        async with running_browser(await to_thread(find)) as browser:
            return [await _look(browser, size.api.url, cookie, name, path) for name, path in pages]
    finally:
        field.stop()


async def _look(browser: Browser, base: str, cookie: str, name: str, path: str) -> Looked:
    seen = [await _once(browser, base, cookie, path) for _ in range(LOOKS + 1)]
    # The first one finds the server cold, not the customer.
    return Looked(
        name,
        statistics.median(each.listens for each in seen[1:]),
        statistics.median(each.painted for each in seen[1:]),
        seen[-1],
    )


async def _once(browser: Browser, base: str, cookie: str, path: str) -> Weight:
    # A window as customers have it: the tests' own keeps a page hidden until it listens.
    async with await browser.new_context(viewport=PHONE) as context:
        page = await context.new_page()
        await context.add_cookies([{"name": SESSION_COOKIE, "value": cookie, "url": base}])
        line = await context.new_cdp_session(page)
        await line.send("Network.enable")
        await line.send("Network.emulateNetworkConditions", _LINE)
        answer = await page.goto(f"{base}{path}")
        if answer is None or not answer.ok:
            raise SystemExit(f"{path}: {answer.status if answer else 'no answer'}")
        return await weigh(page)


def show(found: list[Looked]) -> bool:
    sys.stdout.write(
        f"a phone on 1.6 Mbit/s, 150 ms an answer; the median of {LOOKS} first looks\n"
        f"{'':16}{'painted ms':>12}{'listens ms':>12}{'requests':>10}{'kB':>8}\n"
    )
    for each in found:
        missed = "" if each.listens <= GOAL_MS else f"   goal ≤ {GOAL_MS:.0f} ms   MISSED"
        sys.stdout.write(
            f"{each.page:16}{each.painted:12.0f}{each.listens:12.0f}{each.weight.requests:10}"
            f"{each.weight.bytes / 1000:8.1f}{missed}\n"
        )
    return all(each.listens <= GOAL_MS for each in found)

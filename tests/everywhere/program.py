"""The mini-program's pages as a customer of the furnished world sees them, and what they look like after some taps."""

import asyncio
import json

from playwright.async_api import Browser, Page, Route

from clients.npm import PROJECT
from tests.browser.axe import barriers
from tests.browser.pages import PHONE, open_page
from tests.everywhere.places import Places
from tests.harness.mini import Mini, start

# A session of the program, which outlives the test.
_UNTIL = 4_000_000_000_000
# With what a page is opened: the visit of one ticket is to come, the other is done.
_OPENED_WITH = {
    "ticket": ("number={coming}", "number={done}"),
    "done": ("number={coming}",),
    "talk": ("number={coming}",),
    "rating": ("number={done}",),
    "complaint": ("number={done}",),
    "receipt": ("number={done}",),
    "asset": ("id={asset}",),
    "prices": ("category=空调",),
}
# What a page shows only after some taps, by what its script would have set then.
_LATER: dict[str, tuple[dict[str, object], ...]] = {
    "report": ({"step": 2, "problems": {"fault": "请说说哪里不对，一句话也可以。"}}, {"step": 3}),
    "assets": ({"adding": True},),
    "rating": ({"lack": "还差：态度", "stars": {"attitude": 4}},),
}


async def barriers_of_program(places: Places, base: str, browser: Browser) -> list[str]:
    """What axe-core finds, each with its page."""
    token = places.world.callers["owner"].headers["authorization"].removeprefix("Bearer ")
    found: list[str] = []
    async with open_page(browser, size=PHONE, refusals=True) as page:
        await _one_by_one(page, base)
        mini = await start(page, base, kept={"session": {"token": token, "until": _UNTIL}})
        for where in _addresses(places):
            await mini.open(where)
            assert await page.evaluate("phone.page().data.problem") is None, where
            found += [f"{where}: {each}" for each in await _look(page)]
            for state in _LATER.get(where.partition("?")[0], ()):
                await page.evaluate("(state) => phone.page().setData(state)", state)
                found += [f"{where} {state}: {each}" for each in await _look(page)]
        found += await _asked(mini)
    return found


def _addresses(places: Places) -> list[str]:
    """Of all the pages."""
    program = json.loads((PROJECT / "src" / "app.json").read_text("utf-8"))
    coming, done = _values(places, "/h5/tickets/{number}")
    (asset,) = _values(places, "/h5/appliances/{asset_id}")
    return [
        f"{name}?{query.format(coming=coming, done=done, asset=asset)}"
        for name in (page.rpartition("/")[2] for page in program["pages"])
        for query in _OPENED_WITH.get(name, ("",))
    ]


def _values(places: Places, template: str) -> list[str]:
    return [place.path.rpartition("/")[2] for place in places.found if place.template == template]


async def _asked(mini: Mini) -> list[str]:
    """The question for consent to the privacy guide, over the page that is shown."""
    await mini.page.evaluate("abilities.privacy(() => {})")
    return [f"privacy question: {each}" for each in await _look(mini.page)]


async def _look(page: Page) -> list[str]:
    light = await barriers(page)
    await page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    # The page is the same; only its colours have changed.
    dark = await barriers(page, only=("color-contrast",))
    await page.emulate_media(color_scheme="light", reduced_motion="reduce")
    return light + [f"dark: {each}" for each in dark]


async def _one_by_one(page: Page, base: str) -> None:
    """A page asks for several things at once, and the test has one connection."""
    free = asyncio.Lock()

    async def ask(route: Route) -> None:
        async with free:
            await route.fulfill(response=await route.fetch())

    await page.route(f"{base}/**", ask)

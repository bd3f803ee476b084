"""What a customer waits for at the first page: counted, since no time says much on a machine that is busy."""

from playwright.async_api import Browser

from app.pages.assets import assets
from app.routers.dependencies import SESSION_COOKIE
from tests.browser.pages import PHONE, open_page
from tests.harness.browsed import served
from tests.harness.callers import Caller
from tests.harness.weights import weigh

# On a phone that has nothing yet; what that takes on a slow line is measured by `python -m bench h5`.
_REQUESTS, _BYTES = 10, 60_000
# Loopback takes a tenth of it; only what waits for something that never comes takes all.
_PATIENCE_MS = 10_000


async def test_the_first_page_is_light_waits_for_one_style_and_listens(
    as_customer: Caller, browser: Browser
) -> None:
    token = as_customer.headers["authorization"].removeprefix("Bearer ")
    async with served(as_customer.app) as base, open_page(browser, size=PHONE) as page:
        await page.context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": base}])
        await page.goto(f"{base}/h5/report")
        weight = await weigh(page)
        early = await page.eval_on_selector_all("link[rel=modulepreload]", "all => all.map(e => e.href)")
    assert len(weight.hosts) == 1
    # The page, its style, its script and what that brings; all of it asked for at once, since the page names it.
    assert weight.requests <= _REQUESTS
    assert [name.rsplit("/")[-1] for name in weight.blocking] == ["h5.css"]
    assert tuple(sorted(each.rsplit("/")[-1] for each in early)) == assets()["report.js"].brings
    assert weight.bytes <= _BYTES
    # It was compressed on the way, page and all.
    assert weight.bytes < weight.unpacked / 2
    assert 0 < weight.listens < _PATIENCE_MS


def test_a_page_names_every_script_that_its_own_brings() -> None:
    """What is imported by what was imported would cost a journey each."""
    # Directly, and by way of it.
    assert {"h5.js", "send_once.js"} <= set(assets()["report.js"].brings)
    assert assets()["send_once.js"].brings == ()

"""The browser itself: it comes from packages that are pinned by content, and it can write Chinese."""

import asyncio
import dataclasses
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, Route, expect

from tests.browser import chromium, packages
from tests.browser.pages import open_page


async def test_chinese_is_drawn_with_a_font_of_our_own(page: Page) -> None:
    await page.set_content("<p style='display:inline-block;font:20px sans-serif'>念念不忘</p>")
    session = await page.context.new_cdp_session(page)
    await session.send("DOM.enable")
    await session.send("CSS.enable")
    root = await session.send("DOM.getDocument")
    found = await session.send("DOM.querySelector", {"nodeId": root["root"]["nodeId"], "selector": "p"})
    fonts = await session.send("CSS.getPlatformFontsForNode", {"nodeId": found["nodeId"]})
    assert {font["familyName"] for font in fonts["fonts"]} == {"Noto Sans S Chinese Regular"}


@pytest.mark.parametrize(
    "wrong",
    ["console.error('lost')", "setTimeout(() => { throw new Error('lost') })"],
    ids=["said", "thrown"],
)
async def test_an_error_in_the_console_fails_the_test_that_opened_the_page(
    browser: Browser, wrong: str
) -> None:
    async def open_and_err() -> None:
        async with open_page(browser) as page:
            await page.evaluate(wrong)
            # The message travels from the page to us by way of the driver.
            await page.evaluate("() => new Promise(done => setTimeout(done, 5))")

    with pytest.raises(AssertionError, match="lost"):
        await open_and_err()


async def test_nobody_clicks_before_the_page_listens(page: Page) -> None:
    async def script(route: Route) -> None:
        await asyncio.sleep(0.3)
        await route.fulfill(
            content_type="text/javascript",
            body="document.querySelector('button').onclick = e => e.target.append('好')",
        )

    await page.route("**/slow.js", script)
    body = "<!doctype html><html lang=zh><body><button>点</button><script type=module src=/slow.js></script>"
    await page.route(
        "**/page", lambda route: route.fulfill(content_type="text/html;charset=utf-8", body=body)
    )
    await page.goto("http://127.0.0.1/page", wait_until="commit")
    await page.get_by_role("button").click()
    await expect(page.get_by_role("button")).to_have_text("点好")


async def test_a_second_installation_is_the_first_one() -> None:
    first, second = await asyncio.gather(*(asyncio.to_thread(chromium.install, chromium.STATE) for _ in "12"))
    assert first == second
    assert first.executable.is_file()


def test_content_that_is_not_the_pinned_one_is_refused(tmp_path: Path) -> None:
    archive = tmp_path / "chromium.tgz"
    archive.write_bytes(b"something else")
    with pytest.raises(packages.NoBrowser, match=r"is not what packages\.json names"):
        packages.verify(packages.pinned()["chromium"], archive)


def test_other_content_has_another_folder() -> None:
    package = packages.pinned()["fonts"]
    other = dataclasses.replace(package, integrity="sha512-" + "A" * 86 + "==")
    assert package.label != other.label


def test_a_browser_of_ones_own_is_used_where_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHROMIUM", "/bin/sh")
    assert chromium.find() == chromium.Chromium(Path("/bin/sh"))
    monkeypatch.setenv("CHROMIUM", "/nowhere/chromium")
    with pytest.raises(packages.NoBrowser, match="/nowhere/chromium"):
        chromium.find()


def test_without_node_the_message_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(packages.NoBrowser, match="Node 20"):
        packages.node_program("npm")

"""The mini-program in a browser: its own scripts, WXML and WXSS; only what WeChat draws around them is ours.

WXML is compiled by WeChat's wcc and run by the build for browsers of miniprogram-simulate; what stands in for
WeChat is in tests/miniprogram/screen.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeAlias

from playwright.async_api import Page, Route

from clients.npm import PROJECT, install, program, run
from tests.harness.servers import ROOT

SCREEN = ROOT / "tests" / "miniprogram" / "screen"
_SOURCES = PROJECT / "src"
_WHERE = "/mini-program/"
_COMPILE = "process.stdout.write(require('miniprogram-compiler').wxmlToJs(process.argv[1]))"
# The phone's own bar at the bottom; the top is in the bar of the window.
_INSETS = {"bottom": 34}
_TAPPED: tuple[Literal["button", "radio", "link"], ...] = ("button", "radio", "link")
# What WeChat answers to this, as the sandbox does it for one of its people.
AskWeChat: TypeAlias = Callable[[str, dict[str, Any]], Awaitable[Any]]


@dataclass(frozen=True)
class Mini:
    """One customer's phone with the program open."""

    page: Page

    async def open(self, where: str) -> None:
        """``tickets?…`` Draws a page and waits for what it asked for, with its pictures."""
        name, _, query = where.partition("?")
        await self.page.evaluate("(url) => phone.open(url)", f"/pages/{name}/{name}?{query}")
        await self.rest()

    async def rest(self) -> None:
        """Until nothing is on its way."""
        await self.page.wait_for_function(
            "() => !abilities.line.waiting && !phone.page().data.busy"
            " && [...document.images].every((each) => each.complete)"
        )

    async def tap(self, name: str) -> None:
        """A button, a choice or a link of the page that is on top."""
        page = self.page.locator("page:not([hidden])")
        button, choice, link = (page.get_by_role(role, name=name) for role in _TAPPED)
        await button.or_(choice).or_(link).first.click()
        await self.rest()

    async def fill(self, label: str, text: str) -> None:
        await self.page.locator("page:not([hidden])").get_by_role("textbox", name=label).first.fill(text)
        await self.rest()

    async def pick(self, part: str, value: object) -> None:
        """In a wheel of WeChat's, found by the class that its page gave it."""
        await self.page.evaluate(
            "([name, value]) => document.querySelector(`page:not([hidden]) .page--${name}`).pick(value)",
            [part, value],
        )
        await self.rest()


async def start(
    page: Page, base: str, *, kept: Mapping[str, object] | None = None, ask_wechat: AskWeChat | None = None
) -> Mini:
    """Starts the program as if it were served by ``base``, with what it ``kept`` from another time."""
    source = await asyncio.to_thread(_program)
    folder = await asyncio.to_thread(install)

    async def answer(route: Route) -> None:
        name = route.request.url.rpartition(_WHERE)[2] or "index.html"
        if name == "program.js":
            await route.fulfill(body=source, content_type="text/javascript; charset=utf-8")
        elif name == "simulate.js":
            await route.fulfill(path=folder / "miniprogram-simulate" / "build.js")
        else:
            await route.fulfill(path=SCREEN / name)

    await page.route(f"{base}{_WHERE}*", answer)
    for key, value in (kept or {}).items():
        stored = json.dumps([key, json.dumps(value)])
        await page.add_init_script(f"localStorage.setItem(...{stored})")
    if ask_wechat:
        await page.expose_function("ask_wechat", ask_wechat)
    devtools = await page.context.new_cdp_session(page)
    await devtools.send("Emulation.setSafeAreaInsetsOverride", {"insets": _INSETS})
    await page.goto(f"{base}{_WHERE}")
    return Mini(page)


@cache
def _program() -> str:
    """All its files, and its WXML as WeChat's compiler makes it."""
    install()
    compiled = run([program("node"), "-e", _COMPILE, str(_SOURCES)], seconds=60)
    files = {_named(path): path.read_text("utf-8") for path in _SOURCES.rglob("*") if path.is_file()}
    return f"""window.__webview_engine_version__ = 0.02;
window.PROGRAM = {{ files: {json.dumps(files)}, compiled: (() => {{ {compiled} }})() }};"""


def _named(path: Path) -> str:
    return path.relative_to(_SOURCES).as_posix()

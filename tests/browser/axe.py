"""Is a page usable by everybody? axe-core looks at it as it is drawn."""

import shutil
from functools import cache
from pathlib import Path
from typing import Any

from playwright.async_api import Page

from tests.browser.chromium import STATE
from tests.browser.packages import fetch, pinned
from tests.harness.alone import alone

_WEIGHTY = ("serious", "critical")
# Our pages forbid scripts that are not theirs, so it is put there by the debugger, not by a tag.
_RUN = """(only) => axe.run(document, {resultTypes: ['violations'],
  ...(only.length ? {runOnly: {type: 'rule', values: only}} : {})})"""


async def barriers(page: Page, *, only: tuple[str, ...] = ()) -> list[str]:
    """What keeps somebody out, each with the element; empty is good. ``only`` names rules; else all are tried."""
    # Half a megabyte: as long a matter as the looking.
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(_source())
    found: dict[str, Any] = await page.evaluate(_RUN, list(only))
    return [
        f"{each['id']} ({each['impact']}): {node['html'][:160]} {node.get('failureSummary', '')[:200]}"
        for each in found["violations"]
        if each["impact"] in _WEIGHTY
        for node in each["nodes"]
    ]


@cache
def _source() -> str:
    return (_installed() / "axe.min.js").read_text("utf-8")


def _installed() -> Path:
    package = pinned()["axe"]
    home = STATE.with_name("axe") / package.label
    with alone(home.parent):
        if not home.exists():
            fresh = home.with_suffix(".new")
            shutil.rmtree(fresh, ignore_errors=True)
            fetch(package, fresh).rename(home)
            shutil.rmtree(fresh)
    return home

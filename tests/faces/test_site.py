"""The files of the page: strict policy, nothing from elsewhere, nothing that leads out of their folder."""

import re

import httpx
import pytest
from playwright.async_api import Page, expect

from sandbox.site import PAGES
from tests.faces.platform import Wire, open_phones, phone
from tests.harness.sandbox import Sandbox


async def test_the_policy_lets_nothing_in(sandbox: Sandbox) -> None:
    policy = (await sandbox.client.get("/")).headers["content-security-policy"]
    rules = {rule.split()[0]: rule.split()[1:] for rule in policy.split(";")}
    assert rules["default-src"] == ["'none'"]
    assert rules["script-src"] == rules["style-src"] == rules["connect-src"] == ["'self'"]
    assert rules["frame-src"] == ["http://127.0.0.1:*", "https://127.0.0.1:*"]
    assert "unsafe" not in policy


async def test_every_file_is_served_and_loads_nothing_from_elsewhere(sandbox: Sandbox) -> None:
    files = sorted(path.relative_to(PAGES).as_posix() for path in PAGES.rglob("*") if path.is_file())
    assert {"index.html", "css/console.css", "js/main.js", "js/phone/phone.js"} <= set(files)
    for path in files:
        answer = await sandbox.client.get(f"/pages/{path}")
        assert answer.status_code == 200, path
        assert answer.headers["x-content-type-options"] == "nosniff"
        outside = re.findall(
            r"(?:src|href|url\(|from|import)[=( ]*[\"']?(?:https?:)?//[^\s\"')]+", answer.text
        )
        assert outside == [], path


@pytest.mark.parametrize("path", ["../site.py", "%2e%2e/site.py", "js/../../guard.py", "css", "nothing.js"])
async def test_nothing_else_is_served(sandbox: Sandbox, path: str) -> None:
    async with httpx.AsyncClient(trust_env=False) as client:
        assert (
            await client.get(httpx.URL(f"{sandbox.base}/pages/x", raw_path=f"/pages/{path}".encode()))
        ).status_code == 404


async def test_words_of_others_are_never_markup(page: Page, sandbox: Sandbox, wire: Wire) -> None:
    evil = "<img src=x onerror=alert(1)>"
    await sandbox.users(
        [{"id": "u-evil", "nickname": evil, "phone": "13800009999", "role": "customer", "follows": True}]
    )
    await sandbox.act("u-evil", "send_text", text=evil)
    await open_phones(page, sandbox, "u-evil", operator=True)
    await phone(page, evil).locator(".row").first.click()
    for tab in ("回调", "用户"):
        await page.get_by_role("tab", name=tab, exact=True).click()
        await expect(page.locator("#panel li").first).to_be_visible()
    assert await page.locator("img[src='x']").count() == 0
    assert await page.title() == "微信沙箱"

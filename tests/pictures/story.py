"""Two tickets from report to rating, the second in bad weather, and the phones of those who took part."""

import asyncio
import json
import sys
from asyncio.subprocess import DEVNULL, PIPE
from contextlib import suppress
from typing import Any, Literal

from playwright.async_api import Browser, Page, expect

from tests.browser.pages import DESKTOP, PHONE, open_page
from tests.faces.platform import Wire, open_phones, phone
from tests.harness.sandbox import Sandbox
from tests.harness.servers import ROOT
from tests.harness.service import Service
from tests.pictures.album import Album

Scheme = Literal["light", "dark"]
_CROWD = 400
# The tour has to start, and somebody has to be found.
_PATIENCE_MS = 90_000


async def play(sandbox: Sandbox, service: Service, browser: Browser, album: Album) -> None:
    wire = Wire(sandbox)
    await _command(service, "wechat", "menu", "sync")
    # Who is sent is the dispatcher's choice; afterwards the page knows whose phone to lay beside the customer's.
    await _report_to_rating(service, "u-lin")
    await _table(sandbox, service, browser, album)
    await _in_the_hand(sandbox, browser, album)
    await _bad_weather(sandbox, service, browser, album)
    await _crowd(sandbox, wire, browser, album)


async def _report_to_rating(service: Service, customer: str) -> dict[str, Any]:
    report: dict[str, Any] = json.loads(await _command(service, "tour", "--json", "--customer", customer))
    return report


async def _command(service: Service, *words: str) -> bytes:
    """What `huixiang` prints for these words."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "app.cli", *words), cwd=ROOT, env=service.env, stdout=PIPE, stderr=DEVNULL
    )
    out, _ = await process.communicate()
    return out


async def _table(sandbox: Sandbox, service: Service, browser: Browser, album: Album) -> None:
    """Customer and engineer side by side while a ticket goes its way, and what the platform sees of it."""
    async with open_page(browser, size=DESKTOP) as page:
        await open_phones(page, sandbox, operator=True)
        customer, engineer = page.locator(".seat").first, page.locator(".seat").last
        walking = asyncio.create_task(_report_to_rating(service, "u-lin"))
        await customer.locator(".banner").click(timeout=_PATIENCE_MS)
        await engineer.locator(".banner").click(timeout=_PATIENCE_MS)
        await customer.locator(".banner").wait_for(timeout=_PATIENCE_MS)
        await album.take(page, "sandbox-banner")
        await walking
        await expect(page.locator(".banner")).to_have_count(0)
        await expect(page.locator(".entry").nth(20)).to_be_visible()
        await album.take(page, "sandbox-light")
        await page.get_by_role("button", name="切换深色与浅色").click()
        await page.get_by_role("tab", name="回调", exact=True).click()
        await expect(page.locator(".entry").nth(20)).to_be_visible()
        await album.take(page, "sandbox-dark")
        await page.get_by_role("button", name="切换深色与浅色").click()
        # In the phone's own browser: the ticket, as its customer sees it.
        await customer.get_by_role("button", name="查看详情").last.click()
        await expect(customer.frame_locator("iframe").get_by_role("heading").first).to_be_visible()
        await page.get_by_role("tab", name="模板", exact=True).click()
        await expect(page.get_by_role("tabpanel")).to_contain_text("今日成功")
        await album.take(page, "sandbox-ticket")


async def _in_the_hand(sandbox: Sandbox, browser: Browser, album: Album) -> None:
    """The same page on a small screen, which is one phone then."""
    for scheme in ("light", "dark"):
        async with open_page(browser, size=PHONE, scheme="dark" if scheme == "dark" else "light") as page:
            await open_phones(page, sandbox, "u-lin")
            await phone(page, "林晓雨").locator(".row", has_text="回响服务").click()
            await album.take(page, f"phone-chat-{scheme}")
            if scheme == "light":
                await _consent(page, album)


async def _consent(page: Page, album: Album) -> None:
    lin = phone(page, "林晓雨")
    await lin.get_by_role("button", name="返回").click()
    await lin.locator(".row", has_text="回响小程序").click()
    await expect(lin.frame_locator("iframe").get_by_role("heading").first).to_be_visible()
    await lin.locator(".window").get_by_role("button", name="更多").click()
    await lin.get_by_role("button", name="订阅进度通知").click()
    await expect(lin.get_by_role("dialog", name="订阅消息")).to_be_visible()
    await album.take(page, "phone-consent")


async def _bad_weather(sandbox: Sandbox, service: Service, browser: Browser, album: Album) -> None:
    """The platform is busy; the pushes arrive all the same, and the console shows at what cost."""
    async with open_page(browser, size=DESKTOP) as page:
        await open_phones(page, sandbox, "u-zhao", operator=True)
        await page.get_by_role("tab", name="故障", exact=True).click()
        await page.get_by_role("button", name="微信繁忙").first.click()
        zhao = phone(page, "赵建国")
        await zhao.locator(".row", has_text="回响服务").click()
        walking = asyncio.create_task(_report_to_rating(service, "u-zhao"))
        with suppress(TimeoutError):
            async with asyncio.timeout(60):
                await walking
        # The engineer's phone was not on the table; the page says that something came to it.
        await page.locator("#elsewhere").click()
        await page.locator(".seat").last.locator(".row", has_text="回响服务").click()
        await expect(page.locator(".rules li").first).to_be_visible()
        await album.take(page, "sandbox-faults")
        await page.get_by_role("tab", name="请求", exact=True).click()
        await page.get_by_label("只看出错的").check()
        await expect(page.locator(".entry .badge.bad").nth(5)).to_be_visible()
        await page.locator(".entry", has=page.locator(".badge.bad")).first.click()
        await album.take(page, "sandbox-requests")
    await sandbox.heal()


async def _crowd(sandbox: Sandbox, wire: Wire, browser: Browser, album: Album) -> None:
    """Some hundred followers at once; a few of them cannot be reached."""
    await sandbox.control("POST", "presets", {"name": "晴天"})
    crowd = (await sandbox.control("POST", "mass", {"users": _CROWD, "events": False}))["items"]
    await sandbox.fault({"job_failed": "failed: system failed"}, probability=0.06)
    await sandbox.fault({"slow": 30})
    for turn in range(3):
        await asyncio.gather(*(wire.card(user["openid"]) for user in crowd[: _CROWD - 90 * turn]))
    async with open_page(browser, size=DESKTOP, scheme="dark") as page:
        await open_phones(page, sandbox, operator=True)
        await page.get_by_role("tab", name="群发", exact=True).click()
        await expect(page.locator(".heat i.good").first).to_be_visible()
        await album.take(page, "sandbox-mass")
    await sandbox.heal()

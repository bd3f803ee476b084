"""A customer with what is his, in a real browser: from the label of a new appliance to giving up the account."""

import os
import zipfile
from pathlib import Path

from playwright.async_api import Browser, Page, expect

from app.routers.dependencies import SESSION_COOKIE
from tests.assets.test_scan_photo import code_of, picture
from tests.browser.axe import barriers
from tests.browser.pages import PHONE, open_page
from tests.harness.callers import Caller
from tests.households.conftest import Family

LABEL = "品牌：回声\n型号：KFR-35GW\n机号：A12345678"


async def sign_in(page: Page, base: str, who: Caller) -> None:
    token = who.headers["authorization"].removeprefix("Bearer ")
    await page.context.clear_cookies()
    await page.context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": base}])


async def fine(page: Page) -> None:
    """Shuts nobody out, fits a phone, and every target can be hit."""
    assert await barriers(page) == [], page.url
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url
    small = await page.evaluate(
        """() => [...document.querySelectorAll('main button, main summary, main a.tap, main .menu a, main .button')]
            .filter((e) => e.checkVisibility() && e.getBoundingClientRect().height < 44).map((e) => e.outerHTML)"""
    )
    assert small == [], page.url
    if folder := os.environ.get("PICTURES"):
        name = page.url.split("/h5/")[1].split("?")[0].replace("/", "-")
        await page.screenshot(path=f"{folder}/{name}.png", full_page=True)


async def test_what_is_mine_from_the_label_to_leaving(
    family: Family, stranger: Caller, base: str, browser: Browser, tmp_path: Path
) -> None:
    label = tmp_path / "label.jpg"
    label.write_bytes(picture(code_of(LABEL)))
    async with open_page(browser, size=PHONE, scheme="dark") as page:
        await sign_in(page, base, family.wang)
        await page.goto(f"{base}/h5/me")
        await fine(page)
        await page.get_by_role("link", name="我的家电与车辆").click()
        await fine(page)
        await page.get_by_role("link", name="添加家电或车辆").click()
        await page.get_by_label("铭牌或二维码的照片").set_input_files(label)
        await page.get_by_role("button", name="识别照片").click()
        await expect(page.get_by_label("序列号")).to_have_value("A12345678")
        await fine(page)
        await page.get_by_label("品类").fill("空调")
        await page.get_by_role("button", name="保存").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("回声 KFR-35GW")

        await page.get_by_label("谁能看到它").select_option(label="锦绣花园的家（2 位成员）")
        await page.locator("#share").get_by_role("button", name="保存").click()
        await expect(page.get_by_role("status")).to_contain_text("已共享")
        await page.get_by_role("button", name="生成转让链接").click()
        link = await page.locator(".told").inner_text()
        await fine(page)
        await sign_in(page, base, stranger)
        await page.goto(link)
        await page.get_by_role("button", name="接收这台设备").click()
        await expect(page.get_by_text("已是您的设备")).to_be_visible()

        await sign_in(page, base, family.wang)
        for path in ("households", "preferences", "inbox", "points"):
            await page.goto(f"{base}/h5/{path}")
            await fine(page)
        await page.goto(f"{base}/h5/privacy")
        await fine(page)
        async with page.expect_download() as saving:
            await page.get_by_role("button", name="导出并下载").click()
        saved = await (await saving.value).path()
        assert "archive.json" in zipfile.ZipFile(saved).namelist()
        await expect(page.locator("[data-progress]")).to_contain_text("已导出，共")
        await page.get_by_role("button", name="撤回同意：在网点页面展示我的评价").click()
        await expect(page.get_by_role("status").first).to_have_text("已撤回，立即生效。")
        await page.get_by_role("link", name="了解并申请注销").click()
        await fine(page)
        await page.get_by_label("我已了解").check()
        await page.get_by_role("button", name="申请注销").click()
        await expect(page.get_by_role("heading", name="已收到您的申请")).to_be_visible()
        await page.get_by_role("button", name="取消注销").click()
        await expect(page.get_by_role("status").first).to_contain_text("已取消注销")

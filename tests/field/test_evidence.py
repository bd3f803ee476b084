"""What a job leaves behind, on the page: its checklist, a video, the customer's signature, parts with their numbers."""

from playwright.async_api import Browser, FilePayload, Page, expect

from tests.attachments.videos import video
from tests.browser.axe import barriers
from tests.browser.pages import PHONE, open_page
from tests.evidence.jobs import becomes
from tests.harness.desk import sign_in
from tests.parts.conftest import Stocking
from tests.tickets.photos import photo
from tests.tickets.story import Story

_PHOTO = FilePayload(name="a.jpg", mimeType="image/jpeg", buffer=photo())


async def said(page: Page, words: str) -> None:
    await expect(page.locator("#said")).to_have_text(words)


async def show(page: Page, what: str, file: FilePayload) -> None:
    form = page.locator("#checks form", has=page.get_by_label(what))
    await form.locator("input[type=file]").set_input_files(file)
    await form.locator("button").click()
    await said(page, "照片已保存。")


async def sign(page: Page) -> None:
    box = await page.locator("canvas").bounding_box()
    assert box is not None
    for n, (x, y) in enumerate(((0.1, 0.3), (0.4, 0.8), (0.6, 0.2), (0.9, 0.7))):
        await page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=8)
        if n == 0:
            await page.mouse.down()
    await page.mouse.up()


async def test_an_installation_with_everything_it_needs(
    story: Story, stock: Stocking, base: str, browser: Browser
) -> None:
    await stock("AC-BOARD", van=1)
    await story.on_site()
    await becomes(story, "installation", warranty="in")
    async with open_page(browser, size=PHONE) as page:
        await sign_in(page, base, story.engineer)
        await page.goto(f"{base}/field/tickets/{story.number}")
        await expect(page.get_by_role("link", name="去检查清单补齐")).to_be_visible()
        await show(page, "安装位置", FilePayload(name="a.mp4", mimeType="video/mp4", buffer=video()))
        await page.locator("#steps").get_by_role("button", name="开始维修").click()
        await said(page, "已完成。")
        await page.get_by_role("button", name="勾选“现场已清理”").click()
        await said(page, "已记录。")
        for name, value in (("接地电阻", "9"), ("接地电阻", "1.5"), ("抽真空读数", "-0.1")):
            form = page.locator("#checks form", has=page.get_by_label(name))
            await form.get_by_role("textbox").fill(value)
            await form.locator("button").click()
            if value == "9":
                # Above the bound: what to do stands at the field, and what was typed is still there.
                await expect(form.get_by_role("alert")).to_contain_text("读数超出范围")
                await expect(form.get_by_role("textbox")).to_have_value("9")
            else:
                await said(page, "已记录。")
        await show(page, "开机运行", _PHOTO)
        await page.get_by_role("button", name="签好了").click()
        await expect(page.locator("#signature").get_by_role("alert")).to_contain_text("还没有签名")
        await sign(page)
        assert await barriers(page) == []
        await page.get_by_role("button", name="签好了").click()
        await said(page, "客户已确认。")
        await page.locator("summary", has_text="完工").click()
        form = page.locator("#step-finish")
        await form.get_by_label("配件 1").select_option("AC-BOARD")
        await form.get_by_label("序列号 1").fill("SN-0042")
        await form.get_by_label("故障代码").fill("E1")
        await form.get_by_label("处理办法").fill("安装完成")
        await form.get_by_label("旧件").select_option(label="已带回")
        await form.get_by_label("实收（元）").fill("0")
        await page.locator("#steps").get_by_role("button", name="完工", exact=True).click()
        await said(page, "已完成。")
        await expect(page.locator("main")).to_contain_text("序列号 SN-0042")
        await page.goto(f"{base}/field/van")
        await expect(page.locator("main")).to_contain_text("旧件 1 个，请交回网点")
        assert await barriers(page) == []
    assert (await story.see())["state"] == "completed"

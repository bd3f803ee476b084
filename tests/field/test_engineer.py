"""An engineer's day on his phone, in a real browser: from the offer to the finished work."""

from pathlib import Path

from playwright.async_api import Browser, Geolocation, Page, expect

from tests.browser.axe import barriers
from tests.browser.pages import PHONE, open_page
from tests.harness.desk import sign_in
from tests.tickets import bodies
from tests.tickets.photos import photo
from tests.tickets.story import Story

XSS = "<script>document.title='taken'</script><img src=x onerror=alert(1)>"


async def step(page: Page, label: str) -> None:
    await page.locator("#steps").get_by_role("button", name=label, exact=True).click()
    await expect(page.get_by_role("status")).to_have_text("已完成。")


async def shoot(page: Page, file: Path, what: str) -> None:
    await page.get_by_label("这是").select_option(label=what)
    await page.get_by_label("照片或 60 秒以内的视频").set_input_files(file)
    await page.locator("form", has=page.get_by_label("这是")).get_by_role("button", name="上传").click()
    await expect(page.get_by_role("status")).to_have_text("照片已保存。")


async def test_from_the_offer_to_the_finished_work(
    story: Story, base: str, browser: Browser, tmp_path: Path
) -> None:
    picture = tmp_path / "photo.jpg"
    picture.write_bytes(photo())
    await story.offered(fault=f"不制冷 {XSS}")
    async with open_page(browser, size=PHONE, scheme="dark") as page:
        await page.context.grant_permissions(["geolocation"])
        await page.context.set_geolocation(
            Geolocation(latitude=bodies.MEASURED["latitude"], longitude=bodies.MEASURED["longitude"])
        )
        await sign_in(page, base, story.engineer)
        await page.goto(f"{base}/field")
        await expect(page.get_by_text("等您接单")).to_be_visible()
        assert await barriers(page) == []
        await page.goto(f"{base}/field/van")
        assert await barriers(page) == []
        await page.goto(f"{base}/field")
        await page.locator("a.line", has_text="空调维修").click()
        await step(page, "接单")

        await page.locator("summary", has_text="预约上门").click()
        await page.locator("form[action$='/events/book'] input[type=radio]").first.check()
        await step(page, "预约上门")
        story.clock.now = story.clock.now.replace(hour=6)
        await page.goto(f"{base}/field")
        await expect(page.get_by_role("heading", name="今天上门（1）")).to_be_visible()
        await page.locator("a.line", has_text="空调维修").click()
        await step(page, "出发")
        # Where he is comes from the phone.
        await expect(page.locator("form[action$='/events/arrive'] [data-position=latitude]")).to_have_value(
            f"{bodies.MEASURED['latitude']:.6f}"
        )
        await step(page, "到达现场")
        await shoot(page, picture, "服务前")

        await page.locator("summary", has_text="报价").click()
        await page.get_by_label("按名称找").fill("没有这种")
        await expect(page.locator(".prices li:not([hidden])")).to_have_count(0)
        await page.get_by_label("按名称找").fill("ac-gas")
        await page.locator(".prices li:not([hidden])").get_by_role("spinbutton").fill("2")
        await expect(page.locator("#total")).to_contain_text("合计 160.00 元")
        await page.get_by_role("button", name="发给客户").click()
        await expect(page.get_by_role("heading", name="报价 160.00 元")).to_be_visible()
        quoted = await story.see()
        await story.step(story.customer, "approve_quote", quote_version=quoted["quote"]["version"])
        await page.reload()
        # What still stands in the way is said, with what to do.
        await expect(page.locator("#steps")).to_contain_text("完工")
        await shoot(page, picture, "服务后")
        assert await barriers(page) == []
        await page.locator("summary", has_text="完工").click()
        await page.get_by_label("故障代码").fill("E1")
        await page.get_by_label("处理办法").fill("补充冷媒")
        await page.get_by_label("旧件").select_option(label="没有旧件")
        await page.get_by_label("实收（元）").fill("160")
        await step(page, "完工")
        assert await page.title() != "taken"
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    done = await story.see()
    assert (done["state"], done["quote"]["total_fen"]) == ("completed", 16000)


async def test_his_pages_are_his_alone(story: Story) -> None:
    await story.accepted()
    assert (await story.customer.get("/field")).status_code == 403
    assert (await story.agent.get("/field")).status_code == 403
    assert (await story.engineer.get(f"/field/tickets/{story.number}")).status_code == 200
    assert (await story.engineer.get("/field/tickets/HX2606150000000000")).status_code == 404


async def test_the_number_is_shown_to_call_it_and_that_is_kept(story: Story) -> None:
    await story.accepted()
    page = await story.engineer.get(f"/field/tickets/{story.number}")
    assert "13800138000" not in page.text
    called = await story.engineer.post(f"/field/tickets/{story.number}/contact")
    assert 'href="tel:13800138000"' in called.text


async def test_what_he_typed_is_not_lost_when_somebody_was_faster(story: Story) -> None:
    seen = await story.accepted()
    await story.step(story.agent, "reassign", reason="临时调整")
    url = f"/field/tickets/{story.number}/events/suspend"
    said = {"version": str(seen["version"]), "reason_code": "weather", "note": "暴雨封路"}
    late = await story.engineer.post(url, data=said)
    assert (await story.see())["state"] == "dispatching"
    assert "暴雨封路" in late.text

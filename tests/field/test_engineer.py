"""An engineer's day on his phone, in a real browser: from the offer to the finished work."""

from datetime import datetime, timedelta
from pathlib import Path

import asyncpg
from playwright.async_api import Browser, Geolocation, Page, expect

from tests.browser.axe import barriers
from tests.browser.pages import PHONE, open_page
from tests.harness.desk import sign_in
from tests.parts.conftest import Stocking
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


async def quote(page: Page, many: int) -> None:
    await page.locator(".prices li:not([hidden])").get_by_role("spinbutton").fill(str(many))
    await page.get_by_role("button", name="发给客户").click()


async def order_a_part(page: Page, story: Story) -> None:
    """What is missing is ordered, comes, and he makes the second appointment himself."""
    await page.locator("summary", has_text="申请配件").click()
    form = page.locator("#step-need_parts")
    await form.get_by_label("配件 1").select_option("AC-BOARD")
    await form.get_by_label("预计到货").fill((story.clock.now + timedelta(days=2)).date().isoformat())
    await step(page, "申请配件")
    story.clock.advance(days=1)
    (awaited,) = (await story.agent.get(f"/api/v1/tickets/{story.number}/parts")).json()["orders"]
    came = await story.agent.patch(f"/api/v1/part-orders/{awaited['id']}", json={"state": "arrived"})
    assert came.status_code == 200, came.text
    await page.reload()
    await page.locator("summary", has_text="预约上门").click()
    await page.locator("form[action$='/events/book'] input[type=radio]").first.check()
    await step(page, "预约上门")
    story.clock.now = datetime.fromisoformat((await story.see())["visit"]["start"])


async def give_the_code(page: Page, story: Story) -> None:
    """The customer reads it from his page; the first time it is misheard."""
    code = (await story.see())["visit"]["completion_code"]
    proof = page.locator("#proof")
    await expect(proof).to_contain_text("共收 2080.00 元")
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    await proof.get_by_label("或由客户报完成码").fill(wrong)
    await proof.get_by_role("button", name="确认").click()
    await expect(proof.get_by_role("alert")).to_contain_text("完成码不正确")
    await expect(proof.get_by_label("或由客户报完成码")).to_have_value("")
    await proof.get_by_label("或由客户报完成码").fill(code)
    await proof.get_by_role("button", name="确认").click()
    await expect(page.get_by_role("status")).to_have_text("客户已确认。")
    await expect(proof).to_contain_text("客户已用完成码确认")


async def broken_off(page: Page, story: Story, base: str) -> None:
    """The dispatcher ends a visit under his eyes: what is sent for it says so, and the list knows why."""
    story.clock.advance(hours=3)
    await story.accepted(fault="室外机响")
    await story.step(story.engineer, "book", window=bodies.window(story.clock.now, days=1))
    story.clock.now = datetime.fromisoformat((await story.see())["visit"]["start"])
    await story.step(story.engineer, "depart")
    await story.step(story.engineer, "arrive", **bodies.HOME)
    await page.goto(f"{base}/field/tickets/{story.number}")
    await expect(page.locator("#steps")).to_contain_text("开始维修")
    await story.step(story.manager, "abort_visit", reason="客户要求换人")
    await page.locator("summary", has_text="报价").click()
    await page.get_by_label("按名称找").fill("ac-gas")
    await quote(page, 1)
    await expect(page.locator("#quote").get_by_role("alert")).to_contain_text("中止上门：客户要求换人")


async def test_from_the_offer_over_a_second_visit_to_the_finished_work(
    story: Story, stock: Stocking, rows: asyncpg.Connection, base: str, browser: Browser, tmp_path: Path
) -> None:
    await stock(van=1)
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
        await page.locator("summary", has_text="报价").click()
        await page.get_by_label("按名称找").fill("没有这种")
        await expect(page.locator(".prices li:not([hidden])")).to_have_count(0)
        await page.get_by_label("按名称找").fill("ac-gas")
        await quote(page, 2)
        await expect(page.get_by_role("heading", name="报价 160.00 元")).to_be_visible()
        await story.step(story.customer, "approve_quote", quote_version=1)
        await page.reload()
        # More than he thought; what was agreed on stands beside it.
        await page.locator("summary", has_text="追加项目（变更单）").click()
        await page.get_by_label("按名称找").fill("ac-gas")
        await quote(page, 24)
        await expect(page.get_by_role("heading", name="报价 2080.00 元")).to_be_visible()
        await expect(page.locator("main")).to_contain_text("已同意")
        await story.step(story.customer, "approve_quote", quote_version=2)
        await page.reload()
        await order_a_part(page, story)

        await page.goto(f"{base}/field/tickets/{story.number}")
        await expect(page.locator(".now")).to_contain_text("第 2 次上门")
        await step(page, "出发")
        await step(page, "到达现场")
        await step(page, "开始维修")
        known = """UPDATE tickets SET diagnosis = jsonb_set(diagnosis, '{parts}', '["启动电容"]') WHERE number = $1"""
        await rows.execute(known, story.number)
        await page.reload()
        await page.get_by_role("button", name="预留一个").click()
        await expect(page.get_by_role("status")).to_have_text("配件已预留。")
        await expect(page.locator("main")).to_contain_text("已预留 AC-CAP ×1（车上）")
        await shoot(page, picture, "服务前")
        # What still stands in the way is said, with what to do.
        await expect(page.locator("#steps")).to_contain_text("完工")
        await shoot(page, picture, "服务后")
        assert await barriers(page) == []
        await give_the_code(page, story)
        await page.locator("summary", has_text="完工").click()
        await page.locator("#step-finish").get_by_label("配件 1").select_option("AC-CAP")
        await page.get_by_label("故障代码").fill("E1")
        await page.get_by_label("处理办法").fill("补充冷媒")
        await page.get_by_label("旧件").select_option(label="已带回")
        await page.get_by_label("实收（元）").fill("2080")
        await step(page, "完工")
        assert await page.title() != "taken"
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        done = await story.see()
        assert (done["state"], done["quote"]["total_fen"]) == ("completed", 208_000)
        await broken_off(page, story, base)


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

"""From the label of an appliance to the rating, on a phone in a real browser; first on a bad network."""

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import Browser, Geolocation, Page, expect

from app.bell import Bell
from app.models.people import StaffRole
from app.routers.dependencies import SESSION_COOKIE
from app.services.tickets.stream import TicketStream
from tests.browser.axe import barriers
from tests.browser.pages import PHONE, open_page
from tests.harness.browsed import served
from tests.harness.live import Live
from tests.make import make_customer, make_prices, make_service_point, make_staff
from tests.make.prices import GAS
from tests.pages.test_report import CALL_OUT, picture
from tests.tickets import bodies
from tests.tickets.conftest import make_able_engineer
from tests.tickets.photos import photo
from tests.tickets.story import Story

# The stream and the page behind it, beside whatever else the machine does.
SOON = 30_000
LABEL = "品牌：回声\n型号：KFR-35GW\n机号：A12345678"


@dataclass
class Stage:
    story: Story
    base: str
    cookie: str

    async def sit(self, page: Page) -> None:
        cookie = {"name": SESSION_COOKIE, "value": self.cookie, "url": self.base}
        await page.context.add_cookies([cookie])  # type: ignore[list-item]


@pytest.fixture
async def stage(live: Live) -> AsyncIterator[Stage]:
    """Real commits and the bell: the page listens while the others work."""
    async with live.sessions.begin() as session:
        await make_service_point(session)
        await make_prices(session, GAS, CALL_OUT)
        engineer = await make_able_engineer(session, live.clock)
        customer = await make_customer(session)
        agent = await make_staff(session, role=StaffRole.AGENT)
        manager = await make_staff(session, role=StaffRole.MANAGER)
    bell = Bell(live.settings.database_url)
    live.app.state.ticket_stream = TicketStream(live.database.reads.acquire, bell)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(bell.listening())
        whose, his, desk, lead = [
            await stack.enter_async_context(await live.caller_for(person))
            for person in (customer, engineer, agent, manager)
        ]
        story = Story(whose, his, desk, lead, live.database, live.clock)
        base = await stack.enter_async_context(served(live.app))
        yield Stage(story, base, whose.headers["authorization"].removeprefix("Bearer "))


async def test_a_bad_network_loses_nothing(stage: Stage, browser: Browser, tmp_path: Path) -> None:
    """Not by ``open_page``: a browser complains in its console when the network is gone."""
    file = tmp_path / "photo.jpg"
    file.write_bytes(photo())
    context = await browser.new_context(viewport=PHONE, locale="zh-CN", reduced_motion="reduce")
    page = await context.new_page()
    await stage.sit(page)
    await page.goto(f"{stage.base}/h5/report")
    await page.get_by_label("出了什么问题").fill("开了半小时还是热风")
    await context.set_offline(True)
    await page.get_by_label("照片（可不传").set_input_files(file)
    await expect(page.get_by_text("网络断开了。")).to_be_visible()
    await context.set_offline(False)
    await page.get_by_role("button", name="重试").click()
    await expect(page.locator(".shots img")).to_be_visible()
    await page.reload()
    await expect(page.get_by_label("出了什么问题")).to_have_value("开了半小时还是热风")
    await expect(page.locator(".shots img")).to_be_visible()
    await page.get_by_role("button", name="下一步").click()
    await fill_address(page)
    await page.get_by_role("button", name="下一步").click()
    await expect(page.locator("[data-fee]")).to_contain_text("上门检测费 50.00 元")
    await context.set_offline(True)
    await page.get_by_role("button", name="提交报修").click()
    await expect(page.get_by_text("内容已存在手机里")).to_be_visible()
    await context.set_offline(False)
    await page.get_by_role("button", name="提交报修").click()
    await expect(page.get_by_text("已收到您的报修")).to_be_visible()
    assert await page.evaluate("localStorage.getItem('hx-report')") is None
    await signed_out_meanwhile(page, stage)
    await context.close()
    (made,) = (await stage.story.customer.get("/api/v1/tickets")).json()["items"]
    seen = (await stage.story.customer.get(f"/api/v1/tickets/{made['number']}")).json()
    assert len(seen["attachments"]) == 1


async def signed_out_meanwhile(page: Page, stage: Stage) -> None:
    """The session ends under his hands: what he typed is there when he has signed in again."""
    await page.get_by_role("link", name="查看服务进度").click()
    await page.get_by_label("有话对客服说").fill("门铃坏了，请打电话")
    await page.context.clear_cookies()
    await page.get_by_role("button", name="发送").click()
    await expect(page.get_by_role("heading", name="登录已过期")).to_be_visible()
    way = await page.get_by_role("link", name="重新登录").get_attribute("href")
    assert way is not None
    assert way.startswith("/oauth/official-account?next=/h5/tickets/HX")
    await stage.sit(page)
    await page.goto(f"{stage.base}{way.partition('next=')[2]}")
    await expect(page.get_by_text("您刚才填写的内容还在")).to_be_visible()
    await page.get_by_role("button", name="发送").click()
    await expect(page.locator("#talk")).to_contain_text("门铃坏了，请打电话")
    await expect(page.get_by_label("有话对客服说")).to_have_value("")


async def locate(page: Page) -> None:
    """Chosen by thumb instead of typed; the phone says where it is, and what it said may be taken back."""
    await page.get_by_label("上门区县").select_option("浦东新区")
    await expect(page.get_by_label("区县", exact=True)).to_be_hidden()
    await page.context.grant_permissions(["geolocation"])
    for accuracy, words in ((4000, "没有附上"), (25, "误差约 25 米"), (25, "也更好找")):
        await page.context.set_geolocation(
            Geolocation(
                latitude=bodies.MEASURED["latitude"],
                longitude=bodies.MEASURED["longitude"],
                accuracy=accuracy,
            )
        )
        await page.locator("[data-locate]").click()
        await expect(page.locator("[data-place]")).to_contain_text(words)
    await page.get_by_role("button", name="用我的位置").click()
    await expect(page.locator("[data-place]")).to_contain_text("误差约 25 米")
    assert await barriers(page) == []


async def fill_address(page: Page) -> None:
    for label, text in (
        ("联系人", "王女士"),
        ("电话", "13800138000"),
        ("省", "上海市"),
        ("市", "上海市"),
        ("区县", "浦东新区"),
        ("详细地址", "世纪大道 100 号"),
    ):
        await page.get_by_label(label, exact=True).fill(text)


async def test_from_the_label_to_the_rating(stage: Stage, browser: Browser, tmp_path: Path) -> None:
    label = tmp_path / "label.jpg"
    label.write_bytes(picture(LABEL))
    async with open_page(browser, size=PHONE, scheme="dark") as page:
        await stage.sit(page)
        await report(page, stage, label)
        await visit(page, stage)
        await rate(page)
    seen = await stage.story.see()
    assert (seen["state"], seen["model"], seen["rating"]["conduct"]) == ("closed", "KFR-35GW", 3)


async def report(page: Page, stage: Stage, label: Path) -> None:
    await page.goto(f"{stage.base}/h5/")
    assert await barriers(page) == []
    await page.get_by_role("main").get_by_role("link", name="我要报修").click()
    await page.get_by_label("拍下铭牌").set_input_files(label)
    # A child process reads it, beside whatever else the machine does.
    await expect(page.get_by_text("已识别：回声 KFR-35GW")).to_be_visible(timeout=SOON)
    await page.get_by_label("哪种电器").select_option("空调")
    await page.get_by_label("出了什么问题").fill("开了半小时吹出来还是热风，一点不制冷")
    assert await barriers(page) == []
    await page.get_by_role("button", name="下一步").click()
    await page.get_by_role("button", name="下一步").click()
    # The browser itself says what is missing: the step stays.
    await expect(page.get_by_role("heading", name="第二步")).to_be_visible()
    await fill_address(page)
    await locate(page)
    await page.get_by_role("button", name="下一步").click()
    await expect(page.locator("[data-fee]")).to_contain_text("同意维修则免收")
    assert await barriers(page) == []
    await page.get_by_role("button", name="提交报修").click()
    await expect(page.get_by_role("heading", name="接下来")).to_be_visible()
    assert await barriers(page) == []
    stage.story.number = await page.locator(".now .number").inner_text()
    await page.get_by_role("link", name="查看服务进度").click()


async def visit(page: Page, stage: Stage) -> None:
    """What the others do is on the page without a tap."""
    story, now = stage.story, page.locator(".now .label")
    await expect(page.get_by_text("会自动更新")).to_be_visible(timeout=SOON)
    await story.sweep()
    await story.step(story.engineer, "accept")
    await expect(now).to_have_text("已接单", timeout=SOON)
    await typed_is_kept(page, story)
    await page.locator("#act-book input[type=radio]").first.check()
    assert await barriers(page) == []
    await page.get_by_role("button", name="确认上门时间").click()
    await expect(page.get_by_role("status").first).to_contain_text("上门时间已约好")
    story.clock.now = story.clock.now.replace(hour=6)
    await story.step(story.engineer, "depart")
    await expect(page.get_by_text("工程师在路上")).to_be_visible(timeout=SOON)
    # He has said where that is, and whoever stands there needs no code.
    assert re.fullmatch(r"\d{6}", await page.locator(".now .code").inner_text())
    await story.step(story.engineer, "arrive", **bodies.HOME)
    await story.step(story.engineer, "quote", lines=[{"code": "AC-GAS", "quantity": 2}])
    await page.get_by_role("button", name="同意报价").hover(timeout=SOON)
    await page.mouse.down()
    async with page.expect_response(re.compile(rf"/h5/tickets/{story.number}$"), timeout=SOON) as renewed:
        await story.photo(story.engineer, "before")
        await story.customer.post(f"/api/v1/tickets/{story.number}/messages", json={"text": "我在家"})
    await (await renewed.value).finished()
    # News came while the finger was down, and the tap is still his.
    await page.mouse.up()
    await expect(page.get_by_text("工程师将按报价维修")).to_be_visible()
    await story.photo(story.engineer, "after")
    await story.step(
        story.engineer, "finish", fault_code="F01", solution="补充冷媒", old_parts="none", charge_fen=16000
    )
    await expect(page.get_by_role("heading", name="服务前")).to_be_visible(timeout=SOON)
    await page.get_by_role("button", name="确认修好了").click()
    await page.get_by_role("link", name="评价这次服务").click()


async def typed_is_kept(page: Page, story: Story) -> None:
    """A form that came back with what was typed is followed by news, and keeps it."""
    await page.locator("#talk textarea").evaluate("field => { field.required = false; field.value = ' '; }")
    await page.get_by_role("button", name="发送").click()
    await expect(page.get_by_text("请输入要说的话。")).to_be_visible()
    await expect(page.get_by_text("会自动更新")).to_be_visible(timeout=SOON)
    await story.agent.post(f"/api/v1/tickets/{story.number}/messages", json={"text": "师傅下午到"})
    await expect(page.get_by_text("刚刚更新")).to_be_visible(timeout=SOON)
    await expect(page.get_by_text("请输入要说的话。")).to_be_visible()
    await page.get_by_role("link", name="刷新进度").click()
    await expect(page.get_by_text("师傅下午到")).to_be_visible()


async def rate(page: Page) -> None:
    for name, stars in (("服务态度", 5), ("专业技能", 5), ("上门时效", 4), ("服务规范", 3)):
        await (
            page.get_by_role("group", name=name).get_by_role("radio", name=re.compile(f"^{stars} 星")).check()
        )
    await page.get_by_label("想说的话").fill("师傅讲得很清楚")
    assert await barriers(page) == []
    await page.get_by_role("button", name="提交评价").click()
    await expect(page.get_by_role("heading", name="谢谢您")).to_be_visible()
    assert await barriers(page) == []
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")

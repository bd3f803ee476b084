"""An engineer's day with the network cut in the middle, on one phone, in a real browser."""

import asyncio
import os
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Browser, BrowserContext, Geolocation, Page, expect

from app.routers.dependencies import STAFF_COOKIE
from tests.browser.axe import barriers
from tests.browser.chromium import find
from tests.browser.pages import PHONE
from tests.field.wire import Wire, wired
from tests.harness.callers import Caller
from tests.tickets import bodies
from tests.tickets.photos import photo
from tests.tickets.story import Story

_AFTERNOON = 6
_KEPT = "async path => { await navigator.serviceWorker.ready; return !!(await caches.match(path)); }"


class Phone:
    """``complaints`` are what the console says, but for what a browser says of a network that is gone."""

    def __init__(self, browser: Browser, folder: Path) -> None:
        self._browser, self._folder = browser, folder
        self.complaints: list[str] = []

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Page]:
        """The browser is started, and closed afterwards; what it keeps stays in the folder."""
        chromium = await asyncio.to_thread(find)
        context = await self._browser.browser_type.launch_persistent_context(
            self._folder,
            executable_path=chromium.executable,
            args=["--no-sandbox", "--disable-dev-shm-usage", "--disable-webgl"],
            env={**os.environ, **chromium.environment},
            viewport=PHONE,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            reduced_motion="reduce",
            permissions=["geolocation"],
            geolocation=Geolocation(
                latitude=bodies.MEASURED["latitude"], longitude=bodies.MEASURED["longitude"]
            ),
        )
        context.set_default_timeout(15_000)
        page = context.pages[0]
        page.on("console", lambda said: self._hear(said.type, said.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        try:
            yield page
        finally:
            await context.close()

    def _hear(self, kind: str, text: str) -> None:
        if kind in ("error", "warning") and "net::ERR_" not in text:
            self.complaints.append(text)


async def sign_in(context: BrowserContext, wire: Wire, who: Caller) -> None:
    token = who.headers["authorization"].removeprefix("Bearer ")
    # As the service sets it: it outlives the browser.
    cookie = {"name": STAFF_COOKIE, "value": token, "url": wire.base, "expires": 4102444800}
    await context.add_cookies([cookie])  # type: ignore[list-item]


async def press(page: Page, label: str) -> None:
    await page.locator("#steps").get_by_role("button", name=label, exact=True).click()


async def shoot(page: Page, file: Path, what: str) -> None:
    await page.get_by_label("这是").select_option(label=what)
    await page.get_by_label("照片或 60 秒以内的视频").set_input_files(file)
    await page.locator("form", has=page.get_by_label("这是")).get_by_role("button", name="上传").click()


async def waits(page: Page, many: int) -> None:
    await expect(page.get_by_role("heading", name=f"等待发送（{many}）")).to_be_visible()


async def finish(page: Page) -> None:
    await page.locator("summary", has_text="完工").click()
    await page.get_by_label("故障代码").fill("E1")
    await page.get_by_label("处理办法").fill("更换电容")
    await page.get_by_label("旧件").select_option(label="没有旧件")
    await page.get_by_label("实收（元）").fill("0")
    await press(page, "完工")


async def kept(page: Page, path: str) -> None:
    """The page is on the phone."""
    for _ in range(100):
        if await page.evaluate(_KEPT, path):
            return
        await asyncio.sleep(0.1)
    raise AssertionError(f"{path} was never kept")


async def reach(story: Story, wire: Wire, state: str) -> None:
    for _ in range(100):
        async with wire.turn:
            if (await story.see())["state"] == state:
                return
        await asyncio.sleep(0.1)
    raise AssertionError(f"never {state}")


async def test_a_day_through_a_tunnel(story: Story, client: Caller, browser: Browser, tmp_path: Path) -> None:
    picture = tmp_path / "photo.jpg"
    picture.write_bytes(photo())
    phone = Phone(browser, tmp_path / "phone")
    await story.scheduled()
    await story.covered()
    story.clock.now = story.clock.now.replace(hour=_AFTERNOON)
    job = f"/field/tickets/{story.number}"
    async with wired(client.app) as wire:
        async with phone.open() as page:
            await sign_in(page.context, wire, story.engineer)
            await page.goto(f"{wire.base}/field")
            await kept(page, job)
            # Into the tunnel: the list and the job open all the same, and the work goes on.
            wire.cut()
            await page.context.set_offline(True)
            await page.reload()
            await page.get_by_role("link", name="继续").or_(page.get_by_role("link", name="下一单")).click()
            await expect(page.get_by_text("没有网络。")).to_be_visible()
            await press(page, "出发")
            await press(page, "到达现场")
            await shoot(page, picture, "服务前")
            await waits(page, 3)
            await press(page, "开始维修")
            await shoot(page, picture, "服务后")
            await waits(page, 5)
            await finish(page)
            await waits(page, 6)
            assert await barriers(page) == []
            assert (await story.see())["state"] == "scheduled"
        # The browser was closed. The first act arrives, and its answer is lost on the way.
        wire.deafen()
        async with phone.open() as page:
            await page.goto(f"{wire.base}{job}")
            await reach(story, wire, "en_route")
            await waits(page, 6)
            wire.mend()
            await page.evaluate("dispatchEvent(new Event('online'))")
            await reach(story, wire, "completed")
            await expect(page.locator("#queue")).to_be_hidden()
            await _taken_away(story, page, wire)
            await _sent_again(story, page, wire)
            await _signed_out(page)
    assert phone.complaints == []


async def _taken_away(story: Story, page: Page, wire: Wire) -> None:
    async with wire.turn:
        events = (await story.agent.get(f"/api/v1/tickets/{story.number}/events")).json()["items"]
    done = Counter(each["event"] for each in events)
    assert [done[each] for each in ("depart", "arrive", "start", "finish", "evidence")] == [1, 1, 1, 1, 2]
    # Another job: while the phone is cut off, the dispatcher gives it to somebody else.
    story.clock.advance(minutes=5)
    async with wire.turn:
        await story.accepted(fault="洗衣机旁漏水")
        await story.step(story.customer, "book", window=bodies.window(story.clock.now, hour=18))
    await page.goto(f"{wire.base}/field/tickets/{story.number}")
    await expect(page.locator("#steps").get_by_role("button", name="出发")).to_be_visible()
    wire.cut()
    await press(page, "出发")
    await waits(page, 1)
    async with wire.turn:
        await story.step(story.agent, "reassign", reason="临时调整")
    wire.mend()
    await page.evaluate("dispatchEvent(new Event('online'))")
    await expect(page.locator("#queue")).to_contain_text("没有办成")
    await expect(page.locator("#queue")).to_contain_text("改派：临时调整")
    await page.get_by_role("link", name="今日工作").click()
    await expect(page.locator("#gone")).to_contain_text("手机里还有 1 项没有发出的操作")
    assert await barriers(page) == []
    await page.get_by_role("button", name="不发了").click()
    await expect(page.locator("#queue")).to_be_hidden()
    async with wire.turn:
        assert (await story.see())["state"] == "dispatching"


async def _sent_again(story: Story, page: Page, wire: Wire) -> None:
    """The time was changed meanwhile; he has set out all the same, and says so."""
    async with wire.turn:
        await story.accepted(fault="遥控器失灵")
        await story.step(story.customer, "book", window=bodies.window(story.clock.now, hour=18))
    await page.goto(f"{wire.base}/field/tickets/{story.number}")
    await expect(page.locator("#steps").get_by_role("button", name="出发")).to_be_visible()
    wire.cut()
    await press(page, "出发")
    await waits(page, 1)
    later = bodies.window(story.clock.now, hour=17)
    async with wire.turn:
        await story.step(story.agent, "rebook", window=later, reason_code="customer_wish")
    wire.mend()
    await page.evaluate("dispatchEvent(new Event('online'))")
    await expect(page.locator("#queue")).to_contain_text("改约")
    async with wire.turn:
        assert (await story.see())["state"] == "scheduled"
    await page.get_by_role("button", name="按现在的情况再发一次").click()
    await reach(story, wire, "en_route")


async def _signed_out(page: Page) -> None:
    await page.get_by_role("button", name="退出").click()
    await expect(page.get_by_label("用户名")).to_be_visible()
    assert await page.evaluate("caches.keys()") == []

"""The mini-program on 林晓雨's phone: one report of hers from the first tap to the rating, and what is hers besides.

Its own scripts, WXML and WXSS against the service; the bar above and what WeChat draws is of tests/miniprogram/screen.
"""

import base64
from datetime import datetime
from typing import Any

import asyncpg
import httpx
from playwright.async_api import Browser, Page, expect

from app.domain.zone import ZONE
from tests.browser.pages import PHONE, open_page
from tests.harness.mini import Mini, start
from tests.harness.sandbox import Sandbox
from tests.harness.service import Service
from tests.pictures.album import Album
from tests.pictures.desk import AGENT, Scheme, accept
from tests.pictures.work import arrive_and_quote, drawn, repair, signed_in, step

_HERS: tuple[tuple[str, Scheme], ...] = (
    ("home", "light"),
    ("household", "dark"),
    ("inbox", "light"),
    ("privacy", "dark"),
    ("assets", "light"),
)
_PHOTOS = ((112, 118, 128), (140, 104, 92))
_FROM_THE_DESK = (
    "林女士您好，师傅已经出发，路上大约十分钟。",
    "空调先别再开机，也请把室外机旁边的东西挪开一些，谢谢。",
)
_AT_HER_DOOR = {"latitude": 25.0462, "longitude": 102.7043}
_STARS = (5, 5, 4, 5)


async def photograph_mini(service: Service, sandbox: Sandbox, browser: Browser, album: Album) -> None:
    async def lin(what: str, fields: dict[str, Any]) -> Any:
        return await sandbox.act("u-lin", what, **fields)

    async with open_page(browser, size=PHONE, scale=2, refusals=True) as page:
        mini = await start(page, service.base, ask_wechat=lin)
        number = await _report(mini, album)
        await _follow(service, mini, album, number)
        for name, scheme in _HERS:
            await mini.open(name)
            await _take(page, album, name, scheme)
        await mini.tap("KFR-35GW")
        await _take(page, album, "appliance", "light")


async def _report(mini: Mini, album: Album) -> str:
    """Her number for it."""
    page = mini.page
    await mini.open("home")
    await mini.tap("我要报修")
    await mini.tap("洱澜空调")
    await _take(page, album, "report", "light")
    await mini.tap("下一步")
    await mini.fill("哪里不对", "客厅空调开了半小时还是热风，屏幕显示 E1")
    for colour in _PHOTOS:
        encoded = base64.b64encode(drawn(colour)).decode()
        await page.evaluate(f"abilities.album.push('data:image/jpeg;base64,{encoded}')")
    await mini.tap("添加照片")
    await expect(page.locator("wx-image")).to_have_count(len(_PHOTOS))
    await _take(page, album, "fault", "dark")
    await mini.tap("下一步")
    await mini.fill("联系人", "林女士")
    await mini.tap("用微信手机号")
    await mini.pick("region-picker", ["云南省", "昆明市", "五华区"])
    await mini.fill("详细地址", "人民中路 128 号 翠湖雅苑 3 栋 1802")
    await mini.tap("上午 9–12 点")
    await page.get_by_text("提交报修").scroll_into_view_if_needed()
    await _take(page, album, "fee", "light")
    await mini.tap("提交报修")
    await expect(page.locator("h1")).to_have_text("已提交")
    await mini.rest()
    await _take(page, album, "done", "light")
    number: str = await page.evaluate("phone.page().data.number")
    return number


async def _follow(service: Service, mini: Mini, album: Album, number: str) -> None:
    page, where = mini.page, f"ticket?number={number}"
    database = await asyncpg.connect(service.database_url)
    try:
        async with httpx.AsyncClient(base_url=f"{service.base}/api/v1", timeout=30) as http:
            engineer = await accept(http, database, number)
            await mini.open(where)
            await mini.tap("预约上门")
            slots = await page.evaluate("phone.page().data.slots")
            await page.locator(".hx-slots--slot").first.click()
            await _take(page, album, "slots", "dark")
            await mini.tap("预约上门")
            await mini.open(where)
            await _take(page, album, "ticket", "dark")
            # In the evening every visit is of another day, and nobody can set out: the rest stays as it was.
            if datetime.fromisoformat(slots[0]["start"]).astimezone(ZONE).date() == datetime.now(ZONE).date():
                await _repaired(http, engineer, mini, album, number)
    finally:
        await database.close()


async def _repaired(
    http: httpx.AsyncClient, engineer: dict[str, str], mini: Mini, album: Album, number: str
) -> None:
    page, where = mini.page, f"ticket?number={number}"
    await step(http, engineer, number, "depart", **_AT_HER_DOOR)
    await mini.open(where)
    await _take(page, album, "ticket", "light")
    await _talk(http, mini, album, number)
    await mini.open(where)
    # What she would read out at the door.
    code = await page.locator("page:not([hidden]) .page--code").first.inner_text()
    await arrive_and_quote(http, engineer, number, code)
    await mini.open(where)
    await _to_the_top(page, ".hx-quote--quote")
    await _take(page, album, "quote", "dark")
    await mini.tap("同意报价")
    await mini.tap("同意报价")
    await repair(http, engineer, number, fault_code="E1", solution="更换室外机主板，补充冷媒，试机正常")
    await mini.open(where)
    await _to_the_top(page, ".hx-evidence--evidence")
    await _take(page, album, "repaired", "light")
    await mini.open(f"rating?number={number}")
    for dimension, stars in enumerate(_STARS):
        row = page.locator("page:not([hidden]) .hx-stars--stars").nth(dimension)
        await row.get_by_role("radio").nth(stars - 1).click()
    await mini.fill("想说的话", "师傅准时，讲得明白，走的时候把地也擦干净了。")
    await _take(page, album, "rating", "light")
    await mini.tap("提交评价")


async def _talk(http: httpx.AsyncClient, mini: Mini, album: Album, number: str) -> None:
    agent = await signed_in(http, AGENT)
    for text in _FROM_THE_DESK:
        told = await http.post(f"tickets/{number}/messages", headers=agent, json={"text": text})
        told.raise_for_status()
    await mini.open(f"talk?number={number}")
    await mini.fill("有话对客服说", "好的，家里有人。小区从东门进来近一些，车可以停楼下。")
    await mini.tap("发送")
    await mini.open(f"talk?number={number}")
    await _take(mini.page, album, "talk", "dark")


async def _to_the_top(page: Page, part: str) -> None:
    """Scrolls the card that it is in up to the bar."""
    await page.evaluate(
        """(part) => {
          const card = document.querySelector(`page:not([hidden]) ${part}`).closest('[class*="--card"]');
          const scroller = document.querySelector(".scroller");
          scroller.scrollBy(0, card.getBoundingClientRect().top - scroller.getBoundingClientRect().top - 12);
        }""",
        part,
    )


async def _take(page: Page, album: Album, name: str, scheme: Scheme) -> None:
    """In the other colours the page is the same one: a phone that turns dark in the evening does not start anew."""
    await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    await album.take(page, f"mini-{name}-{scheme}")

"""A morning at the desk: reports come in, engineers take them, visits are booked; then the console is photographed."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Literal

import asyncpg
import httpx
from playwright.async_api import Browser, Page, expect

from app.services.seed.town import DEMO_PASSWORD as PASSWORD
from tests.browser.pages import DESKTOP, PHONE, open_page
from tests.harness.service import Service
from tests.pictures.album import Album
from tests.pictures.work import signed_in, step

Scheme = Literal["light", "dark"]
_MANAGER, AGENT = "zhuguan", "kefu"
_TRIES = 300
_REPORTS = (
    ("空调", "客厅空调开了半小时还是热风，一点不制冷", "林女士", "五华区"),
    ("热水器", "燃气热水器打不着火，显示 E1", "和先生", "五华区"),
    ("冰箱", "冷藏室不制冷，菜都坏了，冷冻还是好的", "杨女士", "盘龙区"),
    ("洗衣机", "脱水的时候声音特别大，整台机器在地上走", "李先生", "官渡区"),
    ("燃气灶", "打火后一松手就熄火", "张阿姨", "西山区"),
    ("热水器", "洗澡时有麻手的感觉，怕是漏电", "赵先生", "五华区"),
    ("油烟机", "吸力变小，油都滴下来了", "周女士", "五华区"),
    ("空调", "室内机漏水，滴到地板上", "段女士", "五华区"),
    ("净水器", "出水很慢，换过滤芯还是慢", "罗先生", "五华区"),
    ("电视", "屏幕有一半是黑的，声音正常", "马先生", "五华区"),
)


async def photograph(service: Service, browser: Browser, album: Album, number: str) -> None:
    await _pictures(service, browser, album, number, "light")
    await _pictures(service, browser, album, number, "dark")


async def morning(service: Service) -> list[str]:
    """The numbers of tickets with a visit."""
    async with httpx.AsyncClient(base_url=f"{service.base}/api/v1", timeout=30) as http:
        agent = await signed_in(http, AGENT)
        numbers = [await _report(http, agent, n, *report) for n, report in enumerate(_REPORTS)]
        database = await asyncpg.connect(service.database_url)
        try:
            for number in numbers[:6]:
                await accept(http, database, number)
        finally:
            await database.close()
        booked = [number for number in numbers[:6] if await _book(http, agent, number)]
        await http.post(
            f"tickets/{booked[0]}/messages",
            headers=agent,
            json={"text": "您好，师傅会在约好的时间到，请保持电话畅通。"},
        )
        return booked


async def _report(
    http: httpx.AsyncClient,
    agent: dict[str, str],
    n: int,
    category: str,
    fault: str,
    name: str,
    district: str,
) -> str:
    body = {
        "service_type": "repair",
        "category": category,
        "fault": fault,
        "contact": {"name": name, "phone": f"1380000{1000 + n}"},
        "address": {
            "province": "云南省",
            "city": "昆明市",
            "district": district,
            "detail": f"人民中路 {20 + n} 号",
            "latitude": 25.045 + n / 500,
            "longitude": 102.706 + n / 400,
        },
    }
    answer = await http.post("tickets", headers=agent, json=body)
    answer.raise_for_status()
    number: str = answer.json()["number"]
    return number


async def accept(http: httpx.AsyncClient, database: asyncpg.Connection, number: str) -> dict[str, str]:
    """By whomever the dispatcher chose; the headers are of that engineer."""

    async def offered() -> str | None:
        found: str | None = await database.fetchval(
            "SELECT s.username FROM tickets t JOIN offers o ON o.id = t.offer_id JOIN staff s ON s.id = o.engineer_id"
            " WHERE t.number = $1 AND t.state = 'offered'",
            number,
        )
        return found

    engineer = await signed_in(http, await _until(offered))
    await step(http, engineer, number, "accept")
    return engineer


async def _book(http: httpx.AsyncClient, agent: dict[str, str], number: str) -> bool:
    slots = (await http.get(f"tickets/{number}/slots", headers=agent)).json()["items"]
    if not slots:
        return False
    seen = (await http.get(f"tickets/{number}", headers=agent)).json()
    window = {"start": slots[0]["start"], "end": slots[0]["end"]}
    step = {"event": "book", "version": seen["version"], "window": window}
    return (await http.post(f"tickets/{number}/transitions", headers=agent, json=step)).is_success


async def _until(ask: Callable[[], Awaitable[Any]]) -> Any:
    for _ in range(_TRIES):
        if (found := await ask()) is not None:
            return found
        await asyncio.sleep(0.2)
    raise TimeoutError


async def _pictures(service: Service, browser: Browser, album: Album, number: str, scheme: Scheme) -> None:
    async with open_page(browser, size=DESKTOP, scheme=scheme) as page:
        await sign_in(service, page)
        await page.goto(f"{service.base}/console/tickets")
        await album.take(page, f"console-tickets-{scheme}")
        await page.goto(f"{service.base}/console/tickets/{number}")
        await expect(page.get_by_role("heading", level=1)).to_contain_text(number)
        await album.take(page, f"console-ticket-{scheme}")
        if scheme == "light":
            await page.goto(f"{service.base}/console/kpi")
            await album.take(page, "console-kpi")
            await _rooms(service, page, album)
        else:
            await page.goto(f"{service.base}/console/levels")
            await album.take(page, "console-levels-dark")
    if scheme == "light":
        async with open_page(browser, size=DESKTOP) as page:
            await sign_in(service, page, AGENT)
            await _board(service, page, number)
            await album.take(page, "console-dispatch")
    async with open_page(browser, size=PHONE, scheme=scheme) as page:
        await sign_in(service, page)
        await page.goto(f"{service.base}/console/tickets/{number}")
        await album.take(page, f"console-phone-{scheme}")


async def _rooms(service: Service, page: Page, album: Album) -> None:
    """Where things are set up: the week, the next price table, a push on a phone, a task force."""
    async with httpx.AsyncClient(base_url=f"{service.base}/api/v1", timeout=30) as http:
        manager = await signed_in(http, _MANAGER)
        point = (await _one(service, "SELECT id::text FROM service_points ORDER BY name LIMIT 1")) or ""
        draft = (await http.post("price-lists", headers=manager, json={"note": "入冬调价"})).json()["version"]
        lines = (await http.get(f"price-lists/{draft}", headers=manager)).json()["items"]
        for line in lines[:3]:
            code = line.pop("code")
            line |= {"unit_price_fen": line["unit_price_fen"] + 1500, "city_prices": {"昆明市": 8800}}
            await http.put(f"price-lists/{draft}/items/{code}", headers=manager, json=line)
        live = (await http.get("incidents", headers=manager)).json()["items"]
        incident = next(each["number"] for each in live if each["state"] != "proposed")
    for name, path in (
        ("console-rosters", f"rosters?point={point}"),
        ("console-prices", f"prices/{draft}"),
        ("console-templates", "templates?text=限时优惠"),
        ("console-incident", f"incidents/{incident}"),
        ("console-routing", "settings/routing"),
    ):
        await page.goto(f"{service.base}/console/{path}")
        await album.take(page, name)


async def _one(service: Service, query: str, *values: object) -> str | None:
    database = await asyncpg.connect(service.database_url)
    try:
        found: str | None = await database.fetchval(query, *values)
        return found
    finally:
        await database.close()


async def _board(service: Service, page: Page, number: str) -> None:
    """The day on which the visit is."""
    database = await asyncpg.connect(service.database_url)
    try:
        row = await database.fetchrow(
            "SELECT t.service_point_id::text AS point, (lower(v.planned) AT TIME ZONE 'Asia/Shanghai')::date AS day"
            "  FROM tickets t JOIN visits v ON v.id = t.visit_id WHERE t.number = $1",
            number,
        )
    finally:
        await database.close()
    await page.goto(
        f"{service.base}/console/dispatch?point={row['point']}&day={row['day'].isoformat()}&ticket={number}"
    )
    await expect(page.locator(".visit").first).to_be_visible()


async def sign_in(service: Service, page: Page, who: str = _MANAGER) -> None:
    await page.goto(f"{service.base}/console/")
    await page.get_by_label("用户名").fill(who)
    await page.get_by_label("密码").fill(PASSWORD)
    await page.get_by_role("button", name="登录").click()
    await expect(page.get_by_role("button", name="退出")).to_be_visible()

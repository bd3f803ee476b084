"""A customer's pages on her own phone: a report as she makes it, and tickets of the town as their owners see them."""

from datetime import UTC, datetime
from typing import Literal

import asyncpg
import httpx
from playwright.async_api import Browser, Page, expect
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

from app.db import driver_url
from app.models import Customer
from app.routers.dependencies import SESSION_COOKIE
from app.settings import Settings
from tests.browser.pages import PHONE, open_page
from tests.harness.callers import token_for
from tests.harness.service import Service
from tests.pictures.album import Album
from tests.pictures.work import arrive_and_quote, repair, signed_in, step

Scheme = Literal["light", "dark"]

_ANYBODY = """
SELECT c.id::text FROM customers c JOIN wechat_identities w ON w.customer_id = c.id
 WHERE c.merged_into IS NULL ORDER BY c.created_at, c.id LIMIT 1
"""
_THIS = "SELECT number, customer_id::text AS customer FROM tickets WHERE number = $1"
_ANOTHER_TODAY = """
SELECT t.number, t.customer_id::text AS customer, s.username, v.arrival_code
  FROM tickets t JOIN visits v ON v.id = t.visit_id JOIN staff s ON s.id = t.engineer_id
 WHERE t.state = 'scheduled' AND t.number = ANY($1) AND t.warranty <> 'in'
   AND (lower(v.promised) AT TIME ZONE 'Asia/Shanghai')::date = (now() AT TIME ZONE 'Asia/Shanghai')::date
 ORDER BY t.id LIMIT 1
"""


async def photograph_customer(service: Service, browser: Browser, album: Album, booked: list[str]) -> None:
    """``booked`` are the numbers of tickets with a visit to come."""
    database = await asyncpg.connect(service.database_url)
    try:
        whoever = await database.fetchval(_ANYBODY)
        coming = await database.fetchrow(_THIS, booked[0])
    finally:
        await database.close()
    for scheme in ("light", "dark"):
        await _report(service, browser, album, whoever, "dark" if scheme == "dark" else "light")
    await _ticket(service, browser, album, coming, "h5-ticket-light", "light")
    await _ticket(service, browser, album, coming, "h5-ticket-dark", "dark")
    today = await _one(service, _ANOTHER_TODAY, booked[1:])
    # In the evening every visit is of another day, and nobody can set out: the picture stays as it was.
    if today is not None:
        await _quote(service, today)
        await _ticket(service, browser, album, today, "h5-quote-dark", "dark")
        await _repair(service, today)
        await _ticket(service, browser, album, today, "h5-done-light", "light", at="#act-confirm")
        await _ticket(service, browser, album, today, "h5-rating-light", "light", of="/rating")


async def _report(service: Service, browser: Browser, album: Album, customer: str, scheme: Scheme) -> None:
    async with open_page(browser, size=PHONE, scheme=scheme, scale=2) as page:
        await sign_in(service, page, customer)
        await page.goto(f"{service.base}/h5/report")
        await page.get_by_label("哪种电器").select_option("空调")
        await page.get_by_label("出了什么问题").fill("客厅空调开了半小时还是热风，屏幕显示 E1")
        if scheme == "light":
            await album.take(page, "h5-report-light")
        await page.get_by_role("button", name="下一步").click()
        for label, text in (
            ("联系人", "林女士"),
            ("电话", "13800001000"),
            ("详细地址", "人民中路 20 号 3 单元 501"),
        ):
            await page.get_by_label(label, exact=True).fill(text)
        await page.get_by_label("上门区县").select_option("五华区")
        await page.get_by_role("button", name="下一步").click()
        await expect(page.locator("[data-fee] strong")).to_be_visible()
        if scheme == "dark":
            await album.take(page, "h5-report-fee-dark")
            return
        await page.get_by_role("button", name="提交报修").click()
        await expect(page.get_by_text("已收到您的报修")).to_be_visible()
        await album.take(page, "h5-submitted-light")
        await page.goto(f"{service.base}/h5/")
        await expect(page.locator(".promise").first).to_be_visible()
        await album.take(page, "h5-services-light")


async def _ticket(
    service: Service,
    browser: Browser,
    album: Album,
    ticket: asyncpg.Record,
    name: str,
    scheme: Scheme,
    *,
    at: str = "",
    of: str = "",
) -> None:
    async with open_page(browser, size=PHONE, scheme=scheme, scale=2) as page:
        await sign_in(service, page, ticket["customer"])
        await page.goto(f"{service.base}/h5/tickets/{ticket['number']}{of}")
        if at:
            await page.locator(at).scroll_into_view_if_needed()
        await page.wait_for_load_state("networkidle" if of else "load")
        await album.take(page, name)


async def _one(service: Service, query: str, *values: object) -> asyncpg.Record | None:
    """Asked for when it is needed: until he sets out, the plan may give the job to somebody else."""
    database = await asyncpg.connect(service.database_url)
    try:
        return await database.fetchrow(query, *values)
    finally:
        await database.close()


async def _quote(service: Service, ticket: asyncpg.Record) -> None:
    """Her engineer comes and says what it costs."""
    async with httpx.AsyncClient(base_url=f"{service.base}/api/v1", timeout=30) as http:
        engineer = await signed_in(http, ticket["username"])
        await step(http, engineer, ticket["number"], "depart")
        await arrive_and_quote(http, engineer, ticket["number"], ticket["arrival_code"])


async def _repair(service: Service, ticket: asyncpg.Record) -> None:
    """She agrees, and he does it."""
    async with httpx.AsyncClient(base_url=f"{service.base}/api/v1", timeout=30) as http:
        engineer = await signed_in(http, ticket["username"])
        hers = {"Authorization": f"Bearer {await _token(service, ticket['customer'])}"}
        number = ticket["number"]
        quote = (await http.get(f"tickets/{number}", headers=hers)).json()["quote"]
        await step(http, hers, number, "approve_quote", quote_version=quote["version"])
        await repair(http, engineer, number, fault_code="E1", solution="更换强排风机，试机正常")


async def sign_in(service: Service, page: Page, customer: str) -> None:
    """As WeChat's sign-in leaves it."""
    token = await _token(service, customer)
    await page.context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": service.base}])


async def _token(service: Service, customer: str) -> str:
    settings = Settings(_env_file=None, secret_key=service.env["HUIXIANG_SECRET_KEY"])
    engine = create_async_engine(driver_url(service.database_url))
    try:
        async with AsyncSession(engine) as session, session.begin():
            whose = await session.get_one(Customer, customer)
            return await token_for(session, whose, now=datetime.now(UTC), settings=settings)
    finally:
        await engine.dispose()

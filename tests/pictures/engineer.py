"""An engineer's day on his phone: the list, a job that is under way, and the same without a network."""

from datetime import datetime
from typing import Any

import asyncpg
import httpx
from playwright.async_api import Browser, Page, expect

from app.domain.zone import ZONE
from app.routers.dependencies import STAFF_COOKIE
from tests.browser.pages import PHONE, open_page
from tests.harness.service import Service
from tests.pictures.album import Album
from tests.pictures.work import signed_in, step

# Of the morning's reports; the evening has no visit of today, and then tomorrow's is shown.
_HIS = """
SELECT s.username, count(*) FROM tickets t JOIN staff s ON s.id = t.engineer_id JOIN visits v ON v.id = t.visit_id
 WHERE t.state = 'scheduled' GROUP BY s.username ORDER BY count(*) DESC, min(lower(v.planned)) LIMIT 1
"""
_FIRST = """
SELECT t.number, t.warranty, v.arrival_code, lower(v.promised) AS starts
  FROM tickets t JOIN staff s ON s.id = t.engineer_id JOIN visits v ON v.id = t.visit_id
 WHERE t.state = 'scheduled' AND s.username = $1 ORDER BY lower(v.planned) LIMIT 1
"""


async def photograph_engineer(service: Service, browser: Browser, album: Album) -> None:
    database = await asyncpg.connect(service.database_url)
    try:
        username = await database.fetchval(_HIS)
        job = await database.fetchrow(_FIRST, username)
    finally:
        await database.close()
    async with httpx.AsyncClient(base_url=f"{service.base}/api/v1", timeout=30) as http:
        headers = await signed_in(http, username)
        for scheme in ("light", "dark"):
            async with open_page(browser, size=PHONE, scheme="dark" if scheme == "dark" else "light") as page:
                await _sign_in(service, page, headers)
                await page.goto(f"{service.base}/field")
                await album.take(page, f"field-today-{scheme}")
        if job["starts"].astimezone(ZONE).date() == datetime.now(ZONE).date():
            await _under_way(service, browser, album, http, headers, job)


async def _under_way(
    service: Service,
    browser: Browser,
    album: Album,
    http: httpx.AsyncClient,
    headers: dict[str, str],
    job: Any,
) -> None:
    async with open_page(browser, size=PHONE, scheme="dark") as page:
        await _sign_in(service, page, headers)
        await page.goto(f"{service.base}/field/tickets/{job['number']}")
        await page.context.set_offline(True)
        await page.locator("#steps").get_by_role("button", name="出发").click()
        await expect(page.get_by_role("heading", name="等待发送（1）")).to_be_visible()
        await album.take(page, "field-offline-dark")
    await step(http, headers, job["number"], "depart")
    await step(http, headers, job["number"], "arrive", code=job["arrival_code"])
    async with open_page(browser, size=PHONE) as page:
        await _sign_in(service, page, headers)
        await page.goto(f"{service.base}/field/tickets/{job['number']}")
        await album.take(page, "field-job-light")
        quote = page.locator("#quote")
        await quote.locator("summary").click()
        await quote.get_by_role("spinbutton").first.fill("1")
        await quote.scroll_into_view_if_needed()
        await album.take(page, "field-quote-light")


async def _sign_in(service: Service, page: Page, headers: dict[str, str]) -> None:
    token = headers["Authorization"].removeprefix("Bearer ")
    await page.context.add_cookies([{"name": STAFF_COOKIE, "value": token, "url": service.base}])

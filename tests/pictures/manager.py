"""What a manager and an operator see: what waits, how the figures went and why, what was not delivered, and the log."""

import re
from datetime import UTC, datetime

from playwright.async_api import Browser, Page, expect

from app.connection import connect
from app.services.kpi.trend_days import count_one_day
from tests.browser.pages import DESKTOP, open_page
from tests.harness.service import Service
from tests.pictures.album import Album
from tests.pictures.desk import Scheme, sign_in


async def photograph_manager(service: Service, browser: Browser, album: Album) -> None:
    """After the morning at the desk, whose customers telephoned: they are told in the app only."""
    await _pictures(service, browser, album, "light")
    await _pictures(service, browser, album, "dark")


async def _pictures(service: Service, browser: Browser, album: Album, scheme: Scheme) -> None:
    async with open_page(browser, size=DESKTOP, scheme=scheme) as page:
        await sign_in(service, page)
        await album.take(page, f"console-home-{scheme}")
        await _count_the_days(service)
        await page.goto(f"{service.base}/console/trends?step=month")
        await expect(page.locator("[data-drawn] canvas")).to_have_count(5)
        await album.take(page, f"console-trends-{scheme}")
        if scheme == "light":
            await _why(service, page)
            await album.take(page, "console-why")
            await page.goto(f"{service.base}/console/deliveries?inbox=true")
            await album.take(page, "console-deliveries")
        else:
            await page.goto(f"{service.base}/console/log")
            await album.take(page, "console-log-dark")


async def _count_the_days(service: Service) -> None:
    """The worker began beside the town that was being built, and found its days empty."""
    database = await connect(service.database_url, "pictures")
    try:
        await database.execute("DELETE FROM trend_days")
        async with database.transaction():
            while await count_one_day(database, datetime.now(UTC)):
                pass
    finally:
        await database.close()


async def _why(service: Service, page: Page) -> None:
    """Last month's: this one has hardly begun."""
    await page.goto(f"{service.base}/console/kpi?view=service-points")
    link = page.get_by_role("cell").get_by_role("link").filter(has_not_text="—").first
    await link.click()
    await expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("率|态度"))

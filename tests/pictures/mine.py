"""What is a customer's own, on her phone: 林晓雨 of the town, with her household and her appliances."""

import asyncpg
from playwright.async_api import Browser, expect

from tests.browser.pages import PHONE, open_page
from tests.harness.service import Service
from tests.pictures.album import Album
from tests.pictures.customer import Scheme, sign_in

_LIN = """
SELECT c.id::text AS who,
       (SELECT a.id::text FROM assets a WHERE a.customer_id = c.id
         ORDER BY (SELECT count(*) FROM tickets t WHERE t.asset_id = a.id) DESC LIMIT 1) AS asset
  FROM customers c WHERE c.phone = '13800000001'
"""
_PAGES: tuple[tuple[str, str, Scheme], ...] = (
    ("me", "me", "light"),
    ("appliances/{asset}", "appliance", "light"),
    ("households", "household", "dark"),
    ("inbox", "inbox", "light"),
    ("privacy", "privacy", "dark"),
)


async def photograph_mine(service: Service, browser: Browser, album: Album) -> None:
    database = await asyncpg.connect(service.database_url)
    try:
        lin = await database.fetchrow(_LIN)
    finally:
        await database.close()
    for path, name, scheme in _PAGES:
        async with open_page(browser, size=PHONE, scheme=scheme) as page:
            await sign_in(service, page, lin["who"])
            await page.goto(f"{service.base}/h5/{path.format(asset=lin['asset'])}")
            await expect(page.get_by_role("heading", level=1)).to_be_visible()
            await album.take(page, f"h5-{name}")

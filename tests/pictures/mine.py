"""What is a customer's own, on her phone: 林晓雨 of the town, with her household and her appliances."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import asyncpg
from playwright.async_api import Browser, expect
from pydantic import SecretStr

from app.models.people import Audience
from app.routers.dependencies import SESSION_COOKIE
from app.services.sessions.tokens import Claims, encode
from app.settings import Settings
from tests.browser.pages import PHONE, open_page
from tests.harness.service import Service
from tests.pictures.album import Album
from tests.pictures.desk import Scheme

_WHO = "13800000001"
_OPEN = """
INSERT INTO sessions (id, audience, customer_id, expires_at, created_at)
SELECT $1, 'customer', c.id, $2, now() FROM customers c WHERE c.phone = $3 RETURNING customer_id
"""
_OLDEST = """
SELECT a.id::text FROM assets a JOIN customers c ON c.id = a.customer_id WHERE c.phone = $1
 ORDER BY (SELECT count(*) FROM tickets t WHERE t.asset_id = a.id) DESC LIMIT 1
"""
# Each with the scheme in which it is taken, light first.
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
        token = await _signed_in(service, database)
        asset = await database.fetchval(_OLDEST, _WHO)
    finally:
        await database.close()
    for path, name, scheme in _PAGES:
        async with open_page(browser, size=PHONE, scheme=scheme) as page:
            await page.context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": service.base}])
            await page.goto(f"{service.base}/h5/{path.format(asset=asset)}")
            await expect(page.get_by_role("heading", level=1)).to_be_visible()
            await album.take(page, f"h5-{name}")


async def _signed_in(service: Service, database: asyncpg.Connection) -> str:
    """As WeChat's sign-in would leave her."""
    now, session_id = datetime.now(UTC), uuid4()
    until = now + timedelta(hours=1)
    who = await database.fetchval(_OPEN, session_id, until, _WHO)
    settings = Settings(_env_file=None, secret_key=SecretStr(service.env["HUIXIANG_SECRET_KEY"]))
    return encode(Claims(Audience.CUSTOMER, who, session_id, until), key=settings.signing_key(), now=now)

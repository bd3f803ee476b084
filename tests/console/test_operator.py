"""An operator finds a message that reached nobody, reads why, sends it again, and it arrives once."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from playwright.async_api import Page, expect

from app.main import create_app
from app.models.people import StaffRole
from app.routers.dependencies import STAFF_COOKIE
from tests.harness.browsed import served
from tests.harness.callers import token_for
from tests.make import make_staff
from tests.notifications.conftest import post
from tests.notifications.post import Post

__all__ = ["post"]


@pytest.fixture
async def console(post: Post, page: Page) -> AsyncIterator[str]:
    """The address of a console over the post office, with a manager before it."""
    app = create_app(post.settings, database=post.database)
    async with served(app) as base:
        async with post.database.sessions.begin() as session:
            manager = await make_staff(session, role=StaffRole.MANAGER)
            token = await token_for(session, manager, now=datetime.now(UTC), settings=post.settings)
        await page.context.add_cookies([{"name": STAFF_COOKIE, "value": token, "url": base}])
        yield base


async def test_a_dead_letter_is_found_understood_and_delivered_once(
    post: Post, console: str, page: Page
) -> None:
    lin = await post.person()
    ticket = await post.ticket(lin)
    (letter,) = await post.push(ticket)
    await post.sandbox.fault({"errcode": 99999}, times=1)
    async with post.relay():
        await post.settled()
        assert await post.sandbox.messages() == []
        await page.goto(f"{console}/console/home")
        await page.get_by_role("link", name=re.compile("没有送达的消息")).click()
        row = page.get_by_role("row").filter(has_text=ticket.number)
        await expect(row).to_contain_text("99999")
        await expect(row).to_contain_text("暂停投递")
        await row.get_by_role("checkbox").check()
        await page.get_by_role("button", name="重新投递所选").click()
        await expect(page.get_by_role("status")).to_have_text("已重新投递。")
        await post.until(letter, "accepted")
    await page.goto(f"{console}/console/deliveries")
    await expect(page.get_by_text("所有消息都已送达。")).to_be_visible()
    (message,) = await post.sandbox.messages()
    assert (message.openid, message.number) == (lin.openid, ticket.number)
    await page.goto(f"{console}/console/log?view=desk")
    await expect(page.get_by_role("row").nth(1)).to_contain_text("deliveries/replay")

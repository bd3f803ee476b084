from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TypeAlias

import pytest
from playwright.async_api import Page

from app.models import Staff
from app.routers.dependencies import STAFF_COOKIE
from tests.harness.browsed import served
from tests.harness.callers import Caller
from tests.tickets.conftest import engineer, story, stranger
from tests.tickets.story import Story

__all__ = ["engineer", "story", "stranger"]

Open: TypeAlias = Callable[[Caller, str], Awaitable[None]]


@pytest.fixture
async def base(client: Caller) -> AsyncIterator[str]:
    async with served(client.app) as base:
        yield base


@pytest.fixture
async def browse(base: str, page: Page) -> Open:
    """Open a page of the console as somebody who has signed in."""

    async def opened(who: Caller, path: str) -> None:
        token = who.headers["authorization"].removeprefix("Bearer ")
        await page.context.add_cookies([{"name": STAFF_COOKIE, "value": token, "url": f"{base}/console"}])
        await page.goto(f"{base}/console/{path}")

    return opened


@pytest.fixture
def desk(story: Story) -> Caller:
    assert isinstance(story.agent.person, Staff)
    return story.agent

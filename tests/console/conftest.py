from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Page

from tests.harness.browsed import served
from tests.harness.callers import Caller
from tests.harness.desk import Open, opener
from tests.tickets.conftest import engineer, rows, story, stranger

__all__ = ["engineer", "rows", "story", "stranger"]


@pytest.fixture
async def base(client: Caller) -> AsyncIterator[str]:
    async with served(client.app) as base:
        yield base


@pytest.fixture
def browse(base: str, page: Page) -> Open:
    """Open a page as somebody who has signed in."""
    return opener(page, base)

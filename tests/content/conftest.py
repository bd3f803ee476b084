from collections.abc import AsyncIterator

import pytest

from app.services.attachments.urls import photo_urls
from app.services.content.look import Lookout
from app.settings import Settings
from app.wechat.accounts import Account, Endpoints
from app.wechat.client import AsyncWeChatClient
from app.wechat.http import Http
from app.wechat.tokens import InMemoryTokenStore, TokenKeeper
from tests.tickets.conftest import engineer, story, stranger
from tests.wechat.conftest import Clock
from tests.wechat.platform import Platform

__all__ = ["engineer", "story", "stranger"]


@pytest.fixture
async def platform() -> AsyncIterator[Platform]:
    async with Platform() as platform:
        yield platform


@pytest.fixture
async def lookout(platform: Platform, settings: Settings) -> AsyncIterator[Lookout]:
    """As the worker has it, over real HTTP."""
    account = Account(settings.mini_appid, "mini", "secret", "token")
    endpoints = Endpoints(api=platform.base, open=platform.base, mp=platform.base)
    clock = Clock()
    async with Http(read_seconds=0.5) as http:
        keeper = TokenKeeper(account, endpoints, InMemoryTokenStore(clock), http, now=clock)
        client = AsyncWeChatClient(account, endpoints, keeper, http)
        yield Lookout({account.appid: client}, photo_urls(settings))

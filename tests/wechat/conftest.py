from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from app.wechat.accounts import Account, Endpoints
from app.wechat.client import AsyncWeChatClient, CallReport
from app.wechat.http import Http
from app.wechat.tokens import InMemoryTokenStore, TokenKeeper
from tests.wechat.platform import Platform

ACCOUNT = Account("wx0000000000000001", "official", "s3cr3t-canary", "callback-token")


class Clock:
    def __init__(self) -> None:
        self.moment = datetime(2026, 11, 22, 7, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.moment

    def advance(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


@dataclass
class Rig:
    """A client as the application builds it, its keeper, and the platform that it talks to."""

    platform: Platform
    http: Http
    clock: Clock = field(default_factory=Clock)
    reports: list[CallReport] = field(default_factory=list)

    def __post_init__(self) -> None:
        base = self.platform.base
        self.endpoints = Endpoints(api=base, open=f"{base}/open", mp=f"{base}/mp")
        self.store = InMemoryTokenStore(self.clock)
        self.keeper = self.new_keeper()
        self.client = AsyncWeChatClient(
            ACCOUNT, self.endpoints, self.keeper, self.http, observe=self.reports.append
        )

    def new_keeper(self) -> TokenKeeper:
        """Another process of the deployment: its own memory, the same store."""
        return TokenKeeper(ACCOUNT, self.endpoints, self.store, self.http, now=self.clock, poll_seconds=0.005)


@pytest.fixture(scope="session")
async def http() -> AsyncIterator[Http]:
    async with Http() as patient:
        yield patient


@pytest.fixture(scope="session")
async def hasty_http() -> AsyncIterator[Http]:
    async with Http(read_seconds=0.1) as hasty:
        yield hasty


@pytest.fixture
async def rig(http: Http) -> AsyncIterator[Rig]:
    async with Platform() as platform:
        yield Rig(platform, http)


@pytest.fixture
async def hasty_rig(hasty_http: Http) -> AsyncIterator[Rig]:
    """For what is expected to time out, and nothing else."""
    async with Platform() as platform:
        yield Rig(platform, hasty_http)

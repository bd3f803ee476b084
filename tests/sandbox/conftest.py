from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import httpx
import pytest

from sandbox.app import create_app
from sandbox.settings import Settings
from tests.sandbox.bench import SECRET, Bench
from tests.sandbox.service import Service

SETTINGS = Settings(
    secret=SECRET, callback_base="http://service.test", event_delay=(0.0, 0.0), callback_timeout=0.2, seed=7
)


@asynccontextmanager
async def running(settings: Settings, service: Service) -> AsyncIterator[Bench]:
    app = create_app(settings, httpx.ASGITransport(service))
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://wechat.test") as client,
    ):
        yield Bench(client, app.state.world, service)


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    async with running(SETTINGS, Service()) as bench:
        yield bench


@pytest.fixture
async def slow_bench() -> AsyncIterator[Bench]:
    """Sends that take a while, as on the real platform."""
    async with running(replace(SETTINGS, latency=0.02), Service()) as bench:
        yield bench

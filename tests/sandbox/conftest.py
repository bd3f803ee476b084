from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import httpx
import pytest
from starlette.applications import Starlette

from sandbox.app import create_app
from sandbox.carrying import Answered
from sandbox.settings import Settings
from tests.sandbox.bench import SECRET, Bench
from tests.sandbox.service import Service

SETTINGS = Settings(
    secret=SECRET,
    callback_base="http://service.test",
    event_delay=(0.0, 0.0),
    callback_timeout=0.2,
    seed=7,
    base="http://wechat.test",
    media_check_delay=0.0,
)


@asynccontextmanager
async def _sandbox(settings: Settings, to_service: httpx.AsyncClient) -> AsyncIterator[Starlette]:
    async def carry(method: str, url: str, body: bytes, content_type: str) -> Answered:
        response = await to_service.request(
            method, url, content=body, headers={"Content-Type": content_type}, timeout=None
        )
        return Answered(response.status_code, response.content)

    app = create_app(settings, carry)
    async with app.router.lifespan_context(app):
        yield app


@asynccontextmanager
async def running(settings: Settings, service: Service) -> AsyncIterator[Bench]:
    async with (
        httpx.AsyncClient(transport=httpx.ASGITransport(service)) as to_service,
        _sandbox(settings, to_service) as app,
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

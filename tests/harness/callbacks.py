"""The app on a socket, so that the sandbox, a program of its own, can call it back."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn

from app.db import Database
from app.main import create_app
from app.settings import Settings
from tests.harness.sandbox import free_port


class _Server(uvicorn.Server):
    def install_signal_handlers(self) -> None:
        """The signals of this process are pytest's."""


@asynccontextmanager
async def served(settings: Settings, database: Database) -> AsyncIterator[str]:
    """Its address, as long as it answers."""
    port = free_port()
    config = uvicorn.Config(
        create_app(settings, database=database), port=port, log_level="warning", access_log=False, ws="none"
    )
    server = _Server(config)
    serving = asyncio.create_task(server._serve())
    try:
        async with asyncio.timeout(10):
            # A server that cannot start ends its task, and says so there.
            while not server.started and not serving.done():  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        await serving

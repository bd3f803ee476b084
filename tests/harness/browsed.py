"""The app of a test on a real port, for a real browser."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from fastapi import FastAPI

from app.services.attachments.urls import photo_urls
from sandbox.webview import QuietServer


@asynccontextmanager
async def served(app: FastAPI) -> AsyncIterator[str]:
    """Its address, which is also the one that the app believes to be its own."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    base = f"http://127.0.0.1:{listener.getsockname()[1]}"
    before = app.state.settings, app.state.photo_urls
    here = app.state.settings.model_copy(update={"public_base_url": base})
    app.state.settings, app.state.photo_urls = here, photo_urls(here)
    server = QuietServer(
        uvicorn.Config(app, log_level="warning", lifespan="off", timeout_graceful_shutdown=1)
    )
    running = asyncio.create_task(server.serve(sockets=[listener]))
    await server.listening.wait()
    try:
        yield base
    finally:
        server.should_exit = True
        await running
        app.state.settings, app.state.photo_urls = before

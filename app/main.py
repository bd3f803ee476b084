"""The composition root: builds the web process from its settings, and opens what the requests share."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from app.db import Database, open_database
from app.settings import Settings


def create_app(settings: Settings, *, database: Database | None = None) -> FastAPI:
    """``database`` is for tests, which open their own; it is not closed here."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with open_database(settings) as opened:
            app.state.database = opened
            yield

    app = FastAPI(title="Huixiang 回响", lifespan=lifespan)
    app.state.settings = settings
    if database is not None:
        app.state.database = database
    return app

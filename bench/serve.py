"""The programs that are measured: the product as it is shipped, and the bare route beside it."""

import asyncio

from fastapi import FastAPI

from app.logs import configure_logging
from app.main import create_app
from app.settings import get_settings
from app.workers.main import run_worker


def product() -> FastAPI:
    settings = get_settings()
    configure_logging(settings.log_level)
    return create_app(settings)


def bare() -> FastAPI:
    """The least that FastAPI can do for a request: one route, no dependency, a small dict."""
    app = FastAPI(openapi_url=None)

    @app.get("/ping")
    async def ping() -> dict[str, bool]:
        return {"ok": True}

    return app


def main() -> None:
    """The worker process."""
    settings = get_settings()
    configure_logging(settings.log_level)
    asyncio.run(run_worker(settings))


if __name__ == "__main__":
    main()

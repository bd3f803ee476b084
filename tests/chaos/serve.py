"""What the chaos run kills: the API and the worker as processes, configured by the environment."""

import asyncio
import sys

import uvicorn

from app.logs import configure_logging
from app.main import create_app
from app.settings import Settings
from app.workers.main import run_worker


def main() -> None:
    settings = Settings(_env_file=None)
    configure_logging(settings.log_level)
    if sys.argv[1] == "worker":
        asyncio.run(run_worker(settings))
        return
    app = create_app(settings)
    uvicorn.run(
        app,
        port=int(sys.argv[2]),
        loop="uvloop",
        http="httptools",
        ws="none",
        access_log=False,
        log_config=None,
    )


if __name__ == "__main__":
    main()

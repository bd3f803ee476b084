"""Serve the API: uvicorn, one process or several."""

import multiprocessing
import os
import signal
import sys
import threading
from types import FrameType
from typing import Annotated

import typer
import uvicorn
from fastapi import FastAPI

from app.cli.environment import settings
from app.cli.failure import fail
from app.logs import configure_logging
from app.web import app as web_app

# Longer than any request may take; what then still streams is cut off.
GRACE_SECONDS = 10


def api(
    host: Annotated[str, typer.Option(help="监听地址。")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="监听端口。")] = 8000,
    workers: Annotated[int, typer.Option(min=1, max=64, help="进程数。")] = 1,
) -> None:
    """启动接口服务。"""
    try:
        settings().signing_key()
    except RuntimeError as error:
        fail(str(error))
    configure_logging(settings().log_level)
    # uvicorn ends what is under way and then raises the signal once more: for us that is a good end.
    signal.signal(signal.SIGTERM, _leave)
    uvicorn.run(
        "app.cli.api:build",
        factory=True,
        host=host,
        port=port,
        workers=workers,
        loop="auto" if sys.platform == "win32" else "uvloop",
        http="httptools",
        ws="none",
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )


def build() -> FastAPI:
    """What each process serves."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        # A parent that is killed cannot tell its workers; without this they would keep the port.
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    return web_app()


def _end_with(parent: multiprocessing.process.BaseProcess) -> None:
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)


def _leave(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)

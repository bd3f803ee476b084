"""Keep a worker running until somebody asks for the end."""

import asyncio
import logging
import signal
from collections.abc import Callable, Coroutine
from typing import Any

from app.cli.environment import settings
from app.cli.failure import fail
from app.logs import configure_logging
from app.workers.main import run_worker

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 15.0
# A worker that ran for so long did not fail because of how it was started.
SETTLED = 60.0
_SIGNALS = (signal.SIGTERM, signal.SIGINT)

log = logging.getLogger(__name__)


def worker() -> None:
    """启动后台：发送推送、派单与超时、处理微信回调、定时任务。"""
    try:
        settings().signing_key()
    except RuntimeError as error:
        fail(str(error))
    configure_logging(settings().log_level)
    asyncio.run(keep_running(lambda: run_worker(settings())))


async def keep_running(
    run: Callable[[], Coroutine[Any, Any, None]], *, first_pause: float = FIRST_PAUSE
) -> None:
    """Start ``run`` again whenever it fails, with growing patience; return when it does, or on a signal."""
    loop = asyncio.get_running_loop()
    asked, pause = asyncio.Event(), first_pause
    try:
        while not asked.is_set():
            began, attempt = loop.time(), asyncio.create_task(run())
            # Heard until the worker listens to signals itself.
            _listen(loop, asked, attempt)
            if await _ended_well(attempt):
                return
            _listen(loop, asked)
            pause = first_pause if loop.time() - began > SETTLED else pause
            await _wait(asked, pause)
            pause = min(pause * 2, LONGEST_PAUSE)
    finally:
        for number in _SIGNALS:
            loop.remove_signal_handler(number)


def _listen(
    loop: asyncio.AbstractEventLoop, asked: asyncio.Event, attempt: asyncio.Task[None] | None = None
) -> None:
    def end() -> None:
        asked.set()
        if attempt is not None:
            attempt.cancel()

    for number in _SIGNALS:
        loop.add_signal_handler(number, end)


async def _ended_well(attempt: asyncio.Task[None]) -> bool:
    try:
        await attempt
    except asyncio.CancelledError:
        return True
    except Exception:
        # The border of the process: whatever it was, the outbox has to be served again.
        log.exception("worker.failed")
        return False
    return True


async def _wait(asked: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(asked.wait(), seconds)
    except TimeoutError:
        return

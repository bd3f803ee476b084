"""Ending a task for certain."""

import asyncio

_PATIENCE_SECONDS = 1.0


async def end(task: asyncio.Task[None]) -> None:
    """Cancel until it is over: Python 3.11 may lose a cancellation that arrives together with what was awaited."""
    while not task.done():
        task.cancel()
        await asyncio.wait({task}, timeout=_PATIENCE_SECONDS)

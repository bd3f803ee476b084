"""Waiting for what other processes do."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

Found = TypeVar("Found")


async def eventually(look: Callable[[], Awaitable[Found | None]], *, within: float = 10) -> Found:
    """What ``look`` finds as soon as it finds something, or a moment later: looking takes from those who work."""
    pause = 0.01
    async with asyncio.timeout(within):
        # Database and sandbox are other processes: there is no event of theirs to wait for.
        while (found := await look()) is None:
            await asyncio.sleep(pause)
            pause = min(pause * 1.5, 0.05)
        return found

"""The timeline as server-sent events. A subscriber is woken by the bell, and looks by himself every few seconds."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager

import asyncpg
import orjson

from app.bell import Bell, Topic
from app.domain.actor import Actor
from app.domain.situation import Situation
from app.errors import NotFound
from app.services.tickets.load import load
from app.services.tickets.timeline import entries

# Proxies cut silent connections after half a minute or more.
HEARTBEAT_SECONDS = 15.0
# A stream ends by itself after a while; the client resumes and is asked for its credentials anew.
LIFETIME_SECONDS = 600.0

Readers = Callable[[], AbstractAsyncContextManager[asyncpg.Connection]]


class TicketStream:
    def __init__(self, readers: Readers, bell: Bell | None = None) -> None:
        self._readers = readers
        self._bell = bell

    async def open(self, number: str, actor: Actor, *, after: int) -> AsyncIterator[bytes]:
        """Raises NotFound at once when the ticket is not the caller's to see."""
        async with self._readers() as connection:
            s = await load(connection, number, actor)
        return self._lines(s, actor, after)

    async def _lines(self, s: Situation, actor: Actor, after: int) -> AsyncIterator[bytes]:
        woken = asyncio.Event()
        mine = f"{Topic.TICKET} {s.id}"

        def hear(payload: str) -> None:
            if payload in (mine, ""):
                woken.set()

        if self._bell is not None:
            self._bell.add(hear)
        ends_at = asyncio.get_running_loop().time() + LIFETIME_SECONDS
        try:
            yield b"retry: 2000\n\n"
            while asyncio.get_running_loop().time() < ends_at:
                woken.clear()
                async with self._readers() as connection:
                    news = await entries(connection, s.id, actor, after=after)
                    if news and not await _still_shown(connection, s.number, actor):
                        return
                for entry in news:
                    after = entry["seq"]
                    yield b"id: %d\nevent: %s\ndata: %s\n\n" % (
                        after,
                        entry["event"].encode(),
                        orjson.dumps(entry),
                    )
                if not news and not await _rung(woken):
                    yield b": still here\n\n"
        finally:
            if self._bell is not None:
                self._bell.remove(hear)


async def _still_shown(connection: asyncpg.Connection, number: str, actor: Actor) -> bool:
    """Whoever had the job may have lost it while he was looking on."""
    try:
        await load(connection, number, actor)
    except NotFound:
        return False
    return True


async def _rung(woken: asyncio.Event) -> bool:
    try:
        await asyncio.wait_for(woken.wait(), HEARTBEAT_SECONDS)
    except TimeoutError:
        return False
    return True

"""Wakes whoever waits for rows, the moment their transaction is committed.

One connection listens; ``ring`` is what each listener is called with. A lost connection is made anew and rings
for everybody, since nobody knows what was missed. The bell is a comfort, never the truth: all who wait also poll.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from enum import StrEnum

import asyncpg

from app.connection import plain_url
from app.tasks import end

CHANNEL = "huixiang"
_RETRY_SECONDS = 1.0
_CHECK_SECONDS = 5.0

log = logging.getLogger(__name__)

# Called with the payload ("ticket 17", "inbound"), or with "" when anything may have happened.
Listener = Callable[[str], None]


class Topic(StrEnum):
    """What a ring is about: the first word of its payload."""

    # The id follows: something happened to it, or a message of it is due.
    TICKET = "ticket"
    # WeChat called.
    INBOUND = "inbound"
    # A day of a service point is to be planned anew.
    PLAN = "plan"
    # A template is to be sent to whoever asked to see it.
    TRIAL = "trial"
    # Accounts or templates have changed: every process reads them again.
    WECHAT = "wechat"


def ring_sql(topic: Topic, ticket_id: str = "") -> str:
    """The call that rings, for the statement that writes the rows; ``ticket_id`` is a column of it."""
    payload = f"'{topic} ' || {ticket_id}" if ticket_id else f"'{topic}'"
    return f"pg_notify('{CHANNEL}', {payload})"


def is_about(payload: str, topic: Topic) -> bool:
    """Whether whoever cares for ``topic`` has to look now."""
    return payload == "" or payload.partition(" ")[0] == topic


class Bell:
    def __init__(self, database_url: str) -> None:
        self._url = plain_url(database_url)
        self._listeners: set[Listener] = set()

    def add(self, listener: Listener) -> None:
        self._listeners.add(listener)

    def remove(self, listener: Listener) -> None:
        self._listeners.discard(listener)

    def ring(self, payload: str) -> None:
        for listener in tuple(self._listeners):
            listener(payload)

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Listens as long as the block lasts."""
        task = asyncio.create_task(self._run())
        try:
            yield
        finally:
            await end(task)

    async def _run(self) -> None:
        while True:
            with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError):
                await self._listen()
            log.warning("bell.lost", extra={"retry_seconds": _RETRY_SECONDS})
            await asyncio.sleep(_RETRY_SECONDS)

    async def _listen(self) -> None:
        connection = await asyncpg.connect(
            self._url, timeout=3, command_timeout=5, server_settings={"application_name": "huixiang-bell"}
        )
        try:
            await connection.add_listener(CHANNEL, lambda *heard: self.ring(str(heard[-1])))
            self.ring("")
            while True:
                await asyncio.sleep(_CHECK_SECONDS)
                await connection.fetchval("SELECT 1")
        finally:
            connection.terminate()

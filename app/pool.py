"""A pool of connections for requests that send a statement or two each.

asyncpg's own starts a task for every connection that comes back and sets timers around every loan, which together
cost as much as a short statement. This one hands a connection over as a value and waits only when none is free.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from types import TracebackType
from typing import Protocol

import asyncpg


class Connections(Protocol):
    """What a request needs of a pool."""

    def acquire(self, *, timeout: float | None = None) -> AbstractAsyncContextManager[asyncpg.Connection]: ...

    async def close(self) -> None: ...


Connect = Callable[[], Awaitable[asyncpg.Connection]]


class Pool:
    """At most ``size`` connections, opened when they are first needed. ``patience`` bounds the wait for one."""

    def __init__(self, connect: Connect, size: int, patience: float) -> None:
        self._connect, self._size, self._patience = connect, size, patience
        self._idle: list[asyncpg.Connection] = []
        self._waiting: deque[asyncio.Future[asyncpg.Connection | None]] = deque()
        # Lent, idle or being opened.
        self._places = 0
        self._retiring: set[asyncio.Task[None]] = set()
        self._closed = False

    def acquire(self, *, timeout: float | None = None) -> "Loan":
        return Loan(self, self._patience if timeout is None else timeout)

    def get_size(self) -> int:
        return self._places

    def get_idle_size(self) -> int:
        return len(self._idle)

    def get_max_size(self) -> int:
        return self._size

    async def close(self) -> None:
        """What is still lent is closed when it comes back."""
        self._closed = True
        idle, self._idle = self._idle, []
        self._places -= len(idle)
        await asyncio.gather(*(connection.close(timeout=self._patience) for connection in idle))
        await asyncio.gather(*self._retiring)

    async def take(self, patience: float) -> asyncpg.Connection:
        if self._closed:
            raise asyncpg.InterfaceError("pool is closed")
        while self._idle:
            connection = self._idle.pop()
            if not connection.is_closed():
                return connection
            self._places -= 1
        async with asyncio.timeout(patience):
            if self._places < self._size:
                self._places += 1
                return await self._opened()
            return await self._turn()

    def give(self, connection: asyncpg.Connection, *, sound: bool = True) -> None:
        """``sound`` is False when it may still be busy with what nobody waits for any longer."""
        if connection.is_closed():
            self._leave()
        elif not sound or self._closed or connection.is_in_transaction():
            retiring = asyncio.create_task(self._retire(connection))
            self._retiring.add(retiring)
            retiring.add_done_callback(self._retiring.discard)
        elif turn := self._next():
            turn.set_result(connection)
        else:
            self._idle.append(connection)

    async def _opened(self) -> asyncpg.Connection:
        """In a place that is taken already."""
        try:
            return await self._connect()
        except BaseException:
            self._leave()
            raise

    async def _turn(self) -> asyncpg.Connection:
        """First come, first served: a connection that came back, or the place of one that broke."""
        turn: asyncio.Future[asyncpg.Connection | None] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            given = await turn
        except asyncio.CancelledError:
            # It may have been served in the very moment in which it gave up.
            if turn.done() and not turn.cancelled():
                self._leave() if (given := turn.result()) is None else self.give(given)
            raise
        return await self._opened() if given is None else given

    async def _retire(self, connection: asyncpg.Connection) -> None:
        """Its place is free once the server has heard that nobody waits: statements must not pile up there."""
        try:
            await connection.close(timeout=self._patience)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError):
            connection.terminate()
        finally:
            self._leave()

    def _leave(self) -> None:
        """A place is free, and goes to whoever waits."""
        if turn := self._next():
            turn.set_result(None)
        else:
            self._places -= 1

    def _next(self) -> asyncio.Future[asyncpg.Connection | None] | None:
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                return turn
        return None


class Loan:
    """``async with pool.acquire() as connection``"""

    __slots__ = ("_connection", "_patience", "_pool")

    def __init__(self, pool: Pool, patience: float) -> None:
        self._pool, self._patience = pool, patience
        self._connection: asyncpg.Connection | None = None

    async def __aenter__(self) -> asyncpg.Connection:
        self._connection = await self._pool.take(self._patience)
        return self._connection

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # Cancelled while the server was at it: the answer to the old question must not meet a new one.
        self._pool.give(self._connection, sound=kind is None or issubclass(kind, Exception))

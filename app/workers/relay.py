"""The relay: takes messages out of the outbox and hands them to WeChat, in order, as fast as both can.

It knows nothing that is not in the outbox: killed at any moment, its leases run out and another takes over.
"""

import asyncio
import logging
from datetime import UTC, datetime, timedelta

import asyncpg

from app.bell import Bell, Topic, is_about
from app.connection import connect
from app.db import LOST
from app.domain.delivery import Verdict
from app.services.notifications.closures import Shut, shut_ways
from app.services.notifications.deliver import Tried, Ways, deliver, put_back
from app.services.notifications.lease import LEASE, RELAY, Leased, lease, reclaim
from app.services.notifications.settle import settle
from app.services.notifications.wake import wake_deferred
from app.tracing import TRACE_ID
from app.workers.weather import Weather

# Sends under way at once: as many as the connections to WeChat, so that none waits for one.
CONCURRENCY = 16
# As many again lie ready, so that no connection waits for the database; they are fetched some at a time.
IN_HAND = 2 * CONCURRENCY
SOME = 8
# While there is a backlog, outcomes are written together; a person's next message can wait so long for it.
TOGETHER_SECONDS = 0.005
POLL_SECONDS = 1.0
# A message that waited in this process for so long is left to the next lease.
STALE = LEASE / 3
# How often it looks for what has waited long enough, and for ways that people have opened again.
CHORES = timedelta(seconds=1)

# Ends that somebody may want to look at.
_ENDS = frozenset({Verdict.DEAD, Verdict.PARKED, Verdict.INBOX})

log = logging.getLogger(__name__)


class Relay:
    def __init__(self, database_url: str, ways: Ways, bell: Bell) -> None:
        self._url = database_url
        self._ways = ways
        self._shut = Shut()
        self._chores_at = datetime.min.replace(tzinfo=UTC)
        self._wake = asyncio.Event()
        self._done: list[Tried] = []
        # Each with the id of its message.
        self._sending: dict[asyncio.Task[None], int] = {}
        self._lines = asyncio.Semaphore(CONCURRENCY)
        self._weather = Weather()
        self._stopping = False
        bell.add(lambda heard: self._wake.set() if is_about(heard, Topic.TICKET) else None)

    def stop(self) -> None:
        """Take no more; ``run`` returns when what is under way has been settled."""
        self._stopping = True
        self._wake.set()

    async def run(self) -> None:
        while not self._stopping:
            try:
                await self._serve()
            except LOST as error:
                log.warning("relay.database_lost", extra={"error": type(error).__name__})
                await asyncio.sleep(1)

    async def _serve(self) -> None:
        connection = await connect(self._url, RELAY)
        try:
            # Planning the lease takes as long as the lease itself, and no parameter makes another plan better.
            await connection.execute("SET plan_cache_mode = force_generic_plan")
            mine = [*self._sending.values(), *(tried.push.id for tried in self._done)]
            await reclaim(connection, keep=mine, now=_now())
            await self._chores(connection)
            while not self._stopping or self._sending or self._done:
                await self._turn(connection)
        finally:
            connection.terminate()

    async def _turn(self, connection: asyncpg.Connection) -> None:
        """Settle what has ended, start what is due, wait for the next thing to happen."""
        self._wake.clear()
        if self._done and self._busy():
            await asyncio.sleep(TOGETHER_SECONDS)
        if self._done:
            ended, self._done = self._done, []
            try:
                await settle(connection, ended, now=_now())
            except BaseException:
                self._done = ended + self._done
                raise
            if any(tried.trouble for tried in ended):
                self._chores_at = _now()
                await self._chores(connection)
        leased = await self._lease(connection, room) if (room := self._room()) else []
        if leased and self._shut.ways:
            # Somebody may just have opened one again, and have sent these on their way.
            self._shut = await shut_ways(connection, _now())
        for push in leased:
            task = asyncio.create_task(self._send(push))
            self._sending[task] = push.id
            task.add_done_callback(self._ended)
        self._weather.taken(len(leased), _now())
        # After the messages are on their way, so that none waits for it.
        await self._chores(connection)
        # Something taken may have left room for more: one person's other messages hid behind it.
        if not leased and not self._done:
            await self._sleep()

    def _busy(self) -> bool:
        """More is in hand than can be sent at once, and little has ended yet."""
        return len(self._sending) > CONCURRENCY and len(self._done) < SOME

    def _room(self) -> int:
        """How many to take now: one that comes alone is never kept waiting, a backlog comes in portions."""
        free = IN_HAND - len(self._sending)
        if self._stopping or free < SOME:
            return 0
        return self._weather.room(free, _now())

    async def _lease(self, connection: asyncpg.Connection, room: int) -> list[Leased]:
        return await lease(connection, limit=room, now=_now())

    async def _chores(self, connection: asyncpg.Connection) -> None:
        now = _now()
        if now < self._chores_at:
            return
        self._chores_at = now + CHORES
        self._shut = await shut_ways(connection, now)
        if await wake_deferred(connection, now):
            self._wake.set()

    async def _send(self, push: Leased) -> None:
        TRACE_ID.set(push.trace_id)
        began = push.history.started_at
        async with self._lines:
            if _now() > began + STALE:
                return
            if self._weather.turned(began):
                tried = put_back(push, _now())
            else:
                tried = await deliver(push, self._ways, _now(), self._shut)
        self._weather.feel(tried.outcome, began=began, now=_now())
        self._done.append(tried)
        self._wake.set()
        if tried.decision.verdict in _ENDS:
            what = f"push.{tried.decision.verdict}"
            log.warning(what, extra={"push": push.id, "ticket": push.number, "reason": tried.reason})

    def _ended(self, task: asyncio.Task[None]) -> None:
        del self._sending[task]
        self._wake.set()
        if not task.cancelled() and (error := task.exception()) is not None:
            # Nobody knows whether it was sent; the lease will end and the message be tried again.
            log.error("push.crashed", exc_info=error)

    async def _sleep(self) -> None:
        try:
            await asyncio.wait_for(self._wake.wait(), POLL_SECONDS)
        except TimeoutError:
            return


def _now() -> datetime:
    return datetime.now(UTC)

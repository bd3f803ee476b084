"""Keep the callbacks of WeChat before they are answered; a repeated one is the same row.

What comes in while one commit is under way is written together by the next: a slow disk makes the batches larger,
not the line longer. (Commits that NOTIFY wait for each other in PostgreSQL, so a commit for each would be a line.)
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

import asyncpg

from app.bell import Topic, ring_sql
from app.db import LOST
from app.errors import Unavailable
from app.pool import Connections
from app.wechat.callbacks import Inbound

MOST_AT_ONCE = 200
# One commits while the other gathers.
WRITERS = 2

# One statement, prepared once on each connection, that commits by itself.
_STORE = f"""
WITH stored AS (
    INSERT INTO wechat_inbound (dedup_key, appid, openid, kind, raw, received_at)
    SELECT * FROM unnest($1::bytea[], $2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[])
    ON CONFLICT (dedup_key) DO NOTHING RETURNING dedup_key
)
SELECT array_agg(dedup_key), {ring_sql(Topic.INBOUND)} FROM stored HAVING count(*) > 0
"""

log = logging.getLogger(__name__)


class NotKept(Unavailable):
    """WeChat must not hear ``success`` for what may be nowhere; it will call again."""

    code, title = "callback_not_kept", "Callback not kept"
    msg = "暂时无法保存回调，请稍后重试。"


@dataclass(eq=False)
class _Waiting:
    message: Inbound
    at: datetime
    kept: "asyncio.Future[bool]" = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    @property
    def key(self) -> bytes:
        return bytes.fromhex(self.message.dedup_key)


class Inbox:
    """``pool`` is asked for at each batch; ``within`` are the seconds after which nobody waits any longer."""

    def __init__(self, pool: Callable[[], Connections], within: float) -> None:
        self._pool = pool
        self._within = within
        self._waiting: deque[_Waiting] = deque()
        self._writers: set[asyncio.Task[None]] = set()

    async def keep(self, message: Inbound, now: datetime) -> bool:
        """Committed when this returns; True when it was new. Raises NotKept when it may not be."""
        mine = _Waiting(message, now)
        self._waiting.append(mine)
        if len(self._writers) < WRITERS:
            self._writers.add(asyncio.create_task(self._write()))
        try:
            async with asyncio.timeout(self._within):
                return await mine.kept
        except TimeoutError as error:
            log.warning("callback.not_kept", extra={"error": "timeout", "appid": message.appid})
            raise NotKept from error

    async def _write(self) -> None:
        try:
            while self._waiting:
                batch = [self._waiting.popleft() for _ in range(min(MOST_AT_ONCE, len(self._waiting)))]
                # Whoever gave up has been told that it is not kept, and calls again.
                batch = [each for each in batch if not each.kept.done()]
                if batch:
                    await self._settle(batch)
        finally:
            # At once, not when the task is found to be done: in between somebody might count on this writer.
            self._writers = {each for each in self._writers if each is not asyncio.current_task()}

    async def _settle(self, batch: list[_Waiting]) -> None:
        try:
            new = await self._store(batch)
        except (TimeoutError, *LOST) as error:
            log.warning("callback.not_kept", extra={"error": type(error).__name__, "count": len(batch)})
            for each in batch:
                if not each.kept.done():
                    each.kept.set_exception(NotKept())
            return
        for each in batch:
            if not each.kept.done():
                each.kept.set_result(each.key in new)
            # The second of two equal ones in a batch was not the new one.
            new.discard(each.key)

    async def _store(self, batch: list[_Waiting]) -> set[bytes]:
        """A connection may have died unnoticed; since a repetition changes nothing, another one is tried."""
        async with asyncio.timeout(self._within):
            try:
                return await self._store_once(batch)
            except LOST:
                return await self._store_once(batch)

    async def _store_once(self, batch: list[_Waiting]) -> set[bytes]:
        async with self._pool().acquire() as connection:
            return await store(connection, [(each.message, each.at) for each in batch])


async def store(connection: asyncpg.Connection, messages: list[tuple[Inbound, datetime]]) -> set[bytes]:
    """The keys of those that were new. Their effects run later, from the rows."""
    # In one order for everybody: two processes with the same callbacks must not wait for each other crosswise.
    rows = sorted(
        (bytes.fromhex(m.dedup_key), m.appid, m.openid, m.event or m.msg_type, m.raw, at)
        for m, at in messages
    )
    columns = [list(column) for column in zip(*rows, strict=True)]
    stored = await connection.fetchval(_STORE, *columns)
    return set(stored or ())

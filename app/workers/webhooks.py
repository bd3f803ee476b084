"""Tells other systems what happens: events become deliveries, and each is called until it is taken or a day is over.

It knows nothing that is not in the rows: killed at any moment, its leases run out and another takes over.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.bell import Bell, Topic
from app.clock import real_time
from app.db import LOST, driver
from app.integrations.webhooks import WebhookClient
from app.services.credentials.keyring import KeyRing
from app.services.webhooks.fan_out import fan_out
from app.services.webhooks.lease import Leased, lease
from app.services.webhooks.send import send
from app.services.webhooks.settle import Tried, settle
from app.workers.loop import Loop

log = logging.getLogger(__name__)


class WebhookWorker(Loop):
    name = "webhooks"
    hears = Topic.TICKET

    def __init__(
        self,
        sessions: async_sessionmaker[AsyncSession],
        ring: KeyRing,
        client: WebhookClient,
        bell: Bell,
        clock: Callable[[], datetime] = real_time,
    ) -> None:
        super().__init__(bell)
        self._sessions, self._ring, self._client, self._clock = sessions, ring, client, clock
        self._calls: set[asyncio.Task[None]] = set()
        # Outcomes are written one after another: many calls that end at once must not take all connections.
        self._writing = asyncio.Lock()

    async def run(self) -> None:
        await super().run()
        if self._calls:
            await asyncio.wait(self._calls)

    async def step(self) -> bool:
        now = self._clock()
        async with self._sessions.begin() as session:
            passed = await fan_out(await driver(session), now)
        async with self._sessions.begin() as session:
            leased = await lease(await driver(session), self._ring, now)
        for delivery in leased:
            call = asyncio.create_task(self._call(delivery))
            self._calls.add(call)
            call.add_done_callback(self._ended)
        return passed or bool(leased)

    async def _call(self, delivery: Leased) -> None:
        answer = await send(delivery, self._client, self._clock())
        if not answer.taken:
            fault = answer.error or answer.status
            log.warning("webhook.failed", extra={"delivery": delivery.id, "fault": fault})
        async with self._writing, self._sessions.begin() as session:
            await settle(await driver(session), Tried(delivery, answer, self._clock()))

    def _ended(self, call: asyncio.Task[None]) -> None:
        self._calls.discard(call)
        # Its ticket may have another, and its endpoint has a line free.
        self._wake.set()
        error = None if call.cancelled() else call.exception()
        if isinstance(error, LOST):
            log.warning("webhook.database_lost", extra={"error": type(error).__name__})
        elif error is not None:
            # Nobody knows whether it arrived; the lease will end and it will be sent again.
            log.error("webhook.crashed", exc_info=error)

"""A database of its own with an admin, tickets and endpoints, a receiver, and the worker's part as functions."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from app.bell import Bell
from app.db import driver
from app.integrations.webhooks import WebhookClient, open_webhooks
from app.models import Staff
from app.models.people import StaffRole
from app.services.credentials.keyring import KeyRing, key_ring
from app.services.webhooks.fan_out import fan_out
from app.services.webhooks.lease import Leased, lease
from app.services.webhooks.send import send
from app.services.webhooks.settle import Tried, settle
from app.settings import Settings
from app.workers.webhooks import WebhookWorker
from tests.harness.clock import MONDAY_MORNING
from tests.harness.eventually import eventually
from tests.harness.followed import others_ended
from tests.harness.live import Live, live_copy
from tests.harness.servers import Servers
from tests.make import make_customer, make_event, make_staff, make_ticket
from tests.webhooks.receiver import Receiver, running_receiver


@dataclass
class Exchange:
    """``step`` is one turn of a worker, with the clock of the test."""

    live: Live
    admin: Staff
    ring: KeyRing
    client: WebhookClient
    receiver: Receiver

    @property
    def now(self) -> datetime:
        return self.live.clock.now

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[asyncpg.Connection]:
        async with self.live.sessions.begin() as session:
            yield await driver(session)

    async def endpoint(self, path: str = "/", events: tuple[str, ...] = ("*",), url: str = "") -> str:
        secret = f"whsec_of_{path}"
        async with self.transaction() as connection:
            made: UUID = await connection.fetchval(
                """INSERT INTO webhook_endpoints (id, url, description, events, secret, created_by)
                   VALUES (gen_random_uuid(), $1, '', $2, $3, $4) RETURNING id""",
                url or self.receiver.url(path),
                list(events),
                self.ring.seal(secret),
                self.admin.id,
            )
        return str(made)

    async def ticket(self, events: int = 1) -> str:
        async with self.live.sessions.begin() as session:
            ticket = await make_ticket(session, await make_customer(session))
            for seq in range(1, events + 1):
                await make_event(session, ticket, seq)
            return ticket.number

    async def others_ended(self) -> None:
        async with self.live.database.writes.acquire() as connection:
            await others_ended(connection)

    async def fan_out(self) -> None:
        await self.others_ended()
        more = True
        while more:
            async with self.transaction() as connection:
                more = await fan_out(connection, self.now)

    async def lease(self) -> list[Leased]:
        async with self.transaction() as connection:
            return list(await lease(connection, self.ring, self.now))

    async def settle(self, delivery: Leased) -> None:
        answer = await send(delivery, self.client, self.now)
        async with self.transaction() as connection:
            await settle(connection, Tried(delivery, answer, self.now))

    async def step(self) -> int:
        await self.fan_out()
        leased = await self.lease()
        for delivery in leased:
            await self.settle(delivery)
        return len(leased)

    async def rest(self) -> None:
        """Turns until nothing is due."""
        while await self.step():
            pass

    async def rows(self, query: str, *values: object) -> list[dict[str, Any]]:
        async with self.transaction() as connection:
            return [dict(row) for row in await connection.fetch(query, *values)]

    async def states(self) -> list[str]:
        return [row["state"] for row in await self.rows("SELECT state FROM webhook_deliveries ORDER BY id")]

    def advance(self, duration: timedelta) -> None:
        self.live.clock.now += duration

    @asynccontextmanager
    async def worker(self) -> AsyncIterator[WebhookWorker]:
        """The real one, which is stopped at the end and has then ended its calls."""
        bell, clock = Bell(self.live.settings.database_url), self.live.clock.read
        worker = WebhookWorker(self.live.sessions, self.ring, self.client, bell, clock)
        running = asyncio.create_task(worker.run())
        try:
            yield worker
        finally:
            worker.stop()
            await running

    async def until(self, holds: Callable[[], Awaitable[bool]]) -> None:
        # Calls follow the oldest transaction of the whole server (ADR 35), and a test beside this one is a single one.
        async def held() -> bool | None:
            return await holds() or None

        await eventually(held, within=90)


@pytest.fixture(scope="package")
async def house(servers: Servers, settings: Settings) -> AsyncIterator[Live]:
    """Real commits, in a database that the tests of this package share and empty."""
    async with live_copy(servers, settings, "webhooks") as live:
        yield live


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with running_receiver() as receiver:
        yield receiver


@pytest.fixture
async def exchange(house: Live, receiver: Receiver) -> AsyncIterator[Exchange]:
    house.clock.now = MONDAY_MORNING
    async with house.sessions.begin() as session:
        await (await driver(session)).execute("TRUNCATE tickets, staff, alarms CASCADE")
        admin = await make_staff(session, role=StaffRole.ADMIN)
    async with open_webhooks(at_home=True) as client:
        yield Exchange(house, admin, key_ring(house.settings), client, receiver)

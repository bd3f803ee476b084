"""A post office for tests: people, tickets and messages in a database of their own, and relays that send them."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import asyncpg
from sqlalchemy import select

from app.bell import Bell
from app.db import Database, driver
from app.integrations.sms import open_sms
from app.models import Alarm, Customer, Push, PushAttempt, Ticket, WeChatIdentity
from app.platform import open_platform
from app.services.inbound.handle import BATCH, due, handle
from app.services.notifications.deliver import Ways
from app.services.notifications.lease import Leased, lease
from app.settings import Settings
from app.workers.main import ways
from app.workers.relay import Relay
from tests.harness.eventually import eventually
from tests.harness.sandbox import Sandbox, SeenMessage, official_openid
from tests.make import make_customer, make_event, make_identity, make_push, make_ticket


@dataclass(frozen=True)
class Person:
    customer: Customer
    user: str

    @property
    def openid(self) -> str:
        return official_openid(self.user)


@dataclass(frozen=True)
class Post:
    database: Database
    settings: Settings
    sandbox: Sandbox

    async def person(self, user: str = "u-lin") -> Person:
        """A customer who follows the account, in the sandbox and here."""
        async with self.database.sessions.begin() as session:
            customer = await make_customer(session, nickname=user)
            await make_identity(session, openid=official_openid(user), customer_id=customer.id)
        return Person(customer, user)

    async def people(self, count: int) -> list[Person]:
        users = [f"u-{number:03d}" for number in range(count)]
        await self.sandbox.users([{"id": u, "nickname": u, "follows": True} for u in users])
        return [await self.person(user) for user in users]

    async def ticket(self, person: Person) -> Ticket:
        async with self.database.sessions.begin() as session:
            return await make_ticket(session, person.customer)

    async def push(self, ticket: Ticket, seqs: Sequence[int] = (1,), **over: object) -> list[int]:
        """Messages of these events, committed together with the NOTIFY that wakes a relay."""
        async with self.database.sessions.begin() as session:
            for seq in seqs:
                await make_event(session, ticket, seq)
            pushes = [await make_push(session, ticket, seq, **over) for seq in seqs]
            await (await driver(session)).execute("SELECT pg_notify('huixiang', 'ticket 1')")
        return [push.id for push in pushes]

    async def pushes(self) -> list[Push]:
        async with self.database.sessions.begin() as session:
            return list(await session.scalars(select(Push).order_by(Push.id)))

    async def row(self, push_id: int) -> Push:
        async with self.database.sessions.begin() as session:
            return await session.get_one(Push, push_id)

    async def attempts(self, push_id: int) -> list[PushAttempt]:
        async with self.database.sessions.begin() as session:
            query = select(PushAttempt).where(PushAttempt.push_id == push_id).order_by(PushAttempt.fence)
            return list(await session.scalars(query))

    async def alarms(self) -> list[Alarm]:
        async with self.database.sessions.begin() as session:
            return list(await session.scalars(select(Alarm).order_by(Alarm.id)))

    async def identity(self, person: Person) -> WeChatIdentity:
        async with self.database.sessions.begin() as session:
            query = select(WeChatIdentity).where(WeChatIdentity.openid == person.openid)
            return (await session.scalars(query)).one()

    async def execute(self, statement: str, *values: object) -> None:
        async with self.transaction() as connection:
            await connection.execute(statement, *values)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[asyncpg.Connection]:
        async with self.database.sessions.begin() as session:
            yield await driver(session)

    async def lease(self, limit: int = 16, *, later: timedelta = timedelta(0)) -> list[Leased]:
        """As a relay does it; ``later`` is how far its clock has moved on."""
        now = datetime.now(UTC) + later
        async with self.transaction() as connection:
            return await lease(connection, limit=limit, now=now)

    async def forget_backoff(self) -> None:
        """What waits to be tried again is due now."""
        await self.execute("UPDATE outbox SET available_at = now() - interval '1 s' WHERE state = 'queued'")

    @asynccontextmanager
    async def ways(self) -> AsyncIterator[Ways]:
        secret = self.settings.sms_gateway_secret.get_secret_value()
        async with (
            open_platform(self.settings, self.database) as platform,
            open_sms(self.settings.sms_gateway_url, secret) as sms,
        ):
            yield ways(self.settings, platform, sms)

    @asynccontextmanager
    async def relay(self) -> AsyncIterator[Relay]:
        """A relay with a bell of its own, as in a worker process; it ends in peace."""
        bell = Bell(self.settings.database_url)
        async with self.ways() as way:
            relay = Relay(self.settings.database_url, way, bell)
            async with bell.listening():
                running = asyncio.create_task(relay.run())
                try:
                    yield relay
                finally:
                    relay.stop()
                    await running

    async def settled(self, *, within: float = 15) -> list[Push]:
        """The messages, once none of them is under way or waits to be."""

        async def all_settled() -> list[Push] | None:
            rows = await self.pushes()
            return None if any(row.state in ("queued", "leased") for row in rows) else rows

        return await eventually(all_settled, within=within)

    async def until(self, push_id: int, state: str, *, within: float = 10) -> Push:
        async def reached() -> Push | None:
            row = await self.row(push_id)
            return row if row.state == state else None

        return await eventually(reached, within=within)

    async def hints(self, person: Person) -> list[str]:
        """The last line of each card this person got, in order."""
        return [hint_of(message) for message in await self.sandbox.messages(person.openid)]

    async def hear(self, *, within: float = 10) -> None:
        """Handle callbacks until none waits, each as often as it takes."""

        async def heard() -> bool | None:
            async with self.transaction() as connection:
                await connection.execute("UPDATE wechat_inbound SET retry_at = NULL WHERE handled_at IS NULL")
                waiting = await due(connection, datetime.now(UTC), limit=BATCH)
            for stored in waiting:
                async with self.transaction() as connection:
                    await handle(connection, stored, None, datetime.now(UTC))
            return True if not waiting else None

        await eventually(heard, within=within)


def hint_of(message: SeenMessage) -> str:
    return message.rows[-1]["value"]

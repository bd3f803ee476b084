"""People and a job on a database of its own, with real commits, for those who come at the same moment."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg

from app.connection import connect
from app.db import driver
from app.models import Customer, Engineer, Staff
from app.models.people import StaffRole
from app.services.operations.doctor import Finding, examine
from tests.harness.callers import Caller
from tests.harness.live import Live
from tests.make import make_customer, make_service_point, make_staff
from tests.tickets import bodies
from tests.tickets.conftest import make_able_engineer
from tests.tickets.story import Story

# The server paces those who ask it again.
WAITING = """
SELECT count(*) FROM pg_sleep(0.02), pg_stat_activity
 WHERE datname = current_database() AND wait_event_type = 'Lock'
"""


@dataclass(frozen=True)
class Town:
    live: Live
    agent: Caller
    customer: Caller
    engineers: tuple[Caller, ...]
    crew: tuple[Engineer, ...]
    story: Story

    async def number_of(self, sql: str, *values: object) -> Any:
        async with self.live.sessions.begin() as session:
            return await (await driver(session)).fetchval(sql, *values)

    async def health(self) -> list[Finding]:
        async with self.live.sessions.begin() as session:
            return await examine(await driver(session))

    async def report(self) -> str:
        answer = await self.customer.post("/api/v1/tickets", json=bodies.report())
        number: str = answer.json()["number"]
        return number

    async def ask(self, who: Caller, number: str, event: str, version: int, **fields: Any) -> Any:
        body = {"event": event, "version": version} | fields
        return await who.post(f"/api/v1/tickets/{number}/transitions", json=body)

    async def accepted(self, engineer: int = 0) -> str:
        """A ticket that this engineer holds and nobody has booked yet."""
        number = await self.report()
        assert (await self.ask(self.agent, number, "triage", 1)).status_code == 200
        named = {"engineer_id": str(self.crew[engineer].id)}
        offered = await self.ask(self.agent, number, "offer", 2, **named)
        assert offered.status_code == 200, offered.text
        assert (await self.ask(self.engineers[engineer], number, "accept", 3)).status_code == 200
        return number


@asynccontextmanager
async def town(live: Live, *, engineers: int = 2) -> AsyncIterator[Town]:
    async with live.sessions.begin() as session:
        await make_service_point(session)
        customer = await make_customer(session)
        agent = await make_staff(session, role=StaffRole.AGENT)
        manager = await make_staff(session, role=StaffRole.MANAGER)
        crew = [await make_able_engineer(session, live.clock, f"工程师{i}") for i in range(engineers)]
    async with AsyncExitStack() as stack:
        signed: list[Customer | Staff | Engineer] = [customer, agent, manager, *crew]
        people = [await stack.enter_async_context(await live.caller_for(person)) for person in signed]
        story = Story(people[0], people[3], people[1], people[2], live.database, live.clock)
        yield Town(live, people[1], people[0], tuple(people[3:]), tuple(crew), story)


async def until_somebody_waits(live: Live) -> None:
    """Until a statement of the app waits for a lock; bounded, so that a race that does not happen fails."""
    watcher: asyncpg.Connection = await connect(live.settings.database_url, "watcher")
    try:
        async with asyncio.timeout(10):
            while not await watcher.fetchval(WAITING):
                pass
    finally:
        await watcher.close()

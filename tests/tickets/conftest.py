from datetime import timedelta
from typing import Any

import asyncpg
import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import Database, driver
from app.domain.situation import ServiceType
from app.domain.triage import required_licences, required_skill
from app.integrations.storage import open_store
from app.models import Customer, Engineer
from app.models.people import StaffRole
from tests.harness.callers import Caller, CallerFor
from tests.harness.clock import Clock
from tests.make import make_engineer, make_prices, make_roster, make_service_point, make_staff
from tests.make.prices import GAS, SEAL
from tests.tickets.story import Story


@pytest.fixture
async def engineer(session: AsyncSession, clock: Clock) -> Engineer:
    """Can do the job that ``bodies.report`` asks for, today and in the next days."""
    return await make_able_engineer(session, clock)


async def make_able_engineer(
    session: AsyncSession, clock: Clock, name: str = "陈师傅", *, days: int = 6, **over: Any
) -> Engineer:
    person = await make_staff(session, role=StaffRole.ENGINEER, name=name)
    licences = required_licences("空调", "制冷制热失效", ServiceType.REPAIR)
    able: dict[str, Any] = {
        "skills": [required_skill("空调", ServiceType.REPAIR)],
        "licences": sorted(licences),
        "areas": ["浦东新区"],
        "latitude": 31.22,
        "longitude": 121.54,
    }
    made = await make_engineer(session, staff=person, **able | over)
    for day in range(days):
        await make_roster(session, made, (clock.now + timedelta(days=day)).date(), start=8, end=20)
    return made


@pytest.fixture
async def story(
    session: AsyncSession,
    app: FastAPI,
    as_customer: Caller,
    as_engineer: Caller,
    as_agent: Caller,
    as_manager: Caller,
    database: Database,
    clock: Clock,
    customer: Customer,
) -> Story:
    await make_service_point(session)
    await make_prices(session, GAS, SEAL)
    app.state.store = open_store("memory://")
    return Story(as_customer, as_engineer, as_agent, as_manager, database, clock)


@pytest.fixture
async def rows(session: AsyncSession) -> asyncpg.Connection:
    """The connection of this test, for what it reads past the app."""
    return await driver(session)


@pytest.fixture
async def colleague(caller_for: CallerFor, session: AsyncSession, clock: Clock) -> Caller:
    """Another engineer who could do the job as well, from farther away."""
    return await caller_for(
        await make_able_engineer(session, clock, "赵师傅", latitude=31.26, longitude=121.60)
    )


@pytest.fixture
async def stranger(caller_for: CallerFor, session: AsyncSession) -> Caller:
    """Another customer, whom none of it concerns."""
    person = Customer(nickname="李先生", phone="13700137000")
    session.add(person)
    await session.flush()
    return await caller_for(person)

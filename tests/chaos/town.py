"""The people of a chaos run: customers, and engineers who work around the clock."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import open_database
from app.domain.situation import ServiceType
from app.domain.triage import required_licences, required_skill
from app.domain.zone import ZONE
from app.models import Customer, Roster, Staff
from app.models.people import StaffRole
from app.settings import Settings
from tests.harness.callers import token_for
from tests.harness.sandbox import Sandbox, official_openid
from tests.make import (
    make_customer,
    make_engineer,
    make_identity,
    make_prices,
    make_service_point,
    make_staff,
)
from tests.make.rows import add

CUSTOMERS, ENGINEERS = 12, 10


@dataclass(frozen=True)
class Town:
    """Bearer tokens of everybody who takes part."""

    customers: tuple[str, ...]
    engineers: tuple[str, ...]


async def settle_town(settings: Settings, sandbox: Sandbox) -> Town:
    names = [f"u-c{n:02d}" for n in range(CUSTOMERS)] + [f"u-e{n:02d}" for n in range(ENGINEERS)]
    await sandbox.users([{"id": name, "nickname": name, "follows": True} for name in names])
    async with open_database(settings) as database, database.sessions.begin() as session:
        await make_service_point(session)
        await make_prices(session)
        customers = [await _customer(session, settings, name) for name in names[:CUSTOMERS]]
        engineers = [await _engineer(session, settings, name) for name in names[CUSTOMERS:]]
    return Town(tuple(customers), tuple(engineers))


async def _customer(session: AsyncSession, settings: Settings, name: str) -> str:
    customer = await make_customer(session, nickname=name)
    await make_identity(session, openid=official_openid(name), customer_id=customer.id)
    return await _token(session, customer, settings)


async def _engineer(session: AsyncSession, settings: Settings, name: str) -> str:
    person = await make_staff(session, role=StaffRole.ENGINEER, name=name)
    await make_identity(session, openid=official_openid(name), staff_id=person.id)
    engineer = await make_engineer(
        session,
        staff=person,
        skills=[required_skill("空调", ServiceType.REPAIR)],
        licences=sorted(required_licences("空调", "制冷制热失效", ServiceType.REPAIR)),
        areas=["浦东新区"],
        latitude=31.22,
        longitude=121.54,
    )
    # One shift follows the other, and no shift ends within half a day from now.
    first = datetime.now(UTC).astimezone(ZONE) - timedelta(hours=12)
    for begin in (first + timedelta(days=n) for n in range(3)):
        shift = Range(begin, begin + timedelta(days=1))
        await add(session, Roster(engineer_id=engineer.id, day=begin.date(), spans=[shift]))
    return await _token(session, person, settings)


async def _token(session: AsyncSession, person: Customer | Staff, settings: Settings) -> str:
    return await token_for(session, person, now=datetime.now(UTC), settings=settings)

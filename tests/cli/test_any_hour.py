"""Whatever the hour, somebody in the town can come today: the story of the tour can always be told."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.cli.tour.story import ADDRESS, FAULT, coming_hours
from app.db import Database, driver
from app.domain.zone import ZONE
from app.integrations.storage import open_store
from app.models import Customer, Offer, Staff
from app.services.seed.seed import seed_town
from app.services.seed.town import stable_id
from app.services.tickets.sweep import sweep_one
from tests.harness.callers import Caller, CallerFor
from tests.harness.clock import Clock

HOURS = ("00:04", "02:30", "05:50", "07:59", "11:30", "16:45", "18:20", "20:00", "22:10", "23:35", "23:58")


async def test_somebody_comes_at_any_hour(
    session: AsyncSession, database: Database, caller_for: CallerFor, as_agent: Caller, clock: Clock
) -> None:
    store = open_store("memory://")
    await seed_town(await driver(session), store, None, environment="test", tickets=0, now=clock.now)
    customer = await caller_for(await session.get_one(Customer, stable_id("customer", "u-lin")))
    for hour in HOURS:
        clock.now = datetime.fromisoformat(f"2026-06-15T{hour}").replace(tzinfo=ZONE)
        url = await go_out(session, database, caller_for, customer, clock)
        await move(as_agent, url, "cancel", reason_code="other")


async def go_out(
    session: AsyncSession, database: Database, caller_for: CallerFor, customer: Caller, clock: Clock
) -> str:
    """From the report to the way there, all at this hour."""
    window = coming_hours(clock.now)
    report = {
        "service_type": "repair",
        "category": "空调",
        "fault": FAULT,
        "contact": {"name": "林晓雨", "phone": "13800000001"},
        "address": ADDRESS,
        "preferred_windows": [window],
    }
    made = await customer.post("/api/v1/tickets", json=report)
    assert made.status_code == 201, made.text
    url = f"/api/v1/tickets/{made.json()['number']}"
    await sweep(database, clock)
    offer = await session.scalar(select(Offer).where(Offer.state == "open"))
    assert offer is not None, f"nobody is asked at {clock.now:%H:%M}"
    engineer = await caller_for(await session.get_one(Staff, offer.engineer_id))
    await move(engineer, url, "accept")
    await move(customer, url, "book", window=window)
    await move(engineer, url, "depart")
    return url


async def move(who: Caller, url: str, event: str, **fields: object) -> None:
    body = {"event": event, "version": (await who.get(url)).json()["version"]} | fields
    moved = await who.post(f"{url}/transitions", json=body)
    assert moved.status_code == 200, f"{event} of {fields}: {moved.text}"


async def sweep(database: Database, clock: Clock) -> None:
    for _ in range(20):
        async with database.sessions.begin() as session:
            if not await sweep_one(await driver(session), clock.now):
                return
    raise AssertionError("the sweep does not come to rest")

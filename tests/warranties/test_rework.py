"""What finished work is good for: the same fault again is rework, and rework begins nothing anew."""

from datetime import timedelta
from typing import Any

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.period import Period
from app.models import Customer, Engineer
from app.services.kpi.gather import gather
from app.services.operations.doctor import examine
from tests.make import make_asset, make_roster
from tests.tickets import bodies
from tests.tickets.story import SCORES, Story
from tests.tickets.ways import valid

_PERIODS = "SELECT kind, component, begins_on::text, ends_on::text FROM warranties ORDER BY id"


async def again(story: Story) -> None:
    """Somebody comes again and finishes, with a new pump."""
    await story.sweep()
    await story.step(story.engineer, "accept")
    await story.step(story.customer, "book", window=bodies.window(story.clock.now, days=1))
    story.clock.advance(days=1)
    await story.step(story.engineer, "depart")
    await story.step(story.engineer, "arrive", **bodies.HOME)
    await story.step(story.engineer, "start")
    fields: dict[str, Any] = await valid(story, "finish")  # type: ignore[arg-type]
    await story.step(story.engineer, "finish", **fields | {"parts": [{"name": "水泵"}]})


async def receipt(story: Story) -> dict[str, Any]:
    return Story.as_dict(await story.customer.get(f"/api/v1/tickets/{story.number}/receipt"))


async def close(story: Story) -> None:
    await story.step(story.customer, "confirm")
    await story.step(story.customer, "rate_or_expire", **SCORES)


async def test_a_dispute_is_free_and_moves_no_last_day(story: Story, rows: asyncpg.Connection) -> None:
    await story.completed()
    first = [tuple(row) for row in await rows.fetch(_PERIODS)]
    assert first == [("repair", "本次维修", "2026-06-15", "2026-09-13")]
    story.clock.advance(hours=3)
    ticket = await story.step(story.customer, "dispute", **await valid(story, "dispute"))  # type: ignore[arg-type]
    told = ticket["warranty_decision"]
    assert (told["state"], told["covers"], told["rework_of"]) == ("in", "repair", story.number)
    await again(story)
    periods = [tuple(row) for row in await rows.fetch(_PERIODS)]
    assert periods[:1] == first
    assert periods[1:] == [("part", "水泵", "2026-06-16", "2026-09-14")]
    assert [(w["name"], w["until"]) for w in (await receipt(story))["warranties"]] == [
        ("本次维修", "2026-09-13"),
        ("水泵", "2026-09-14"),
    ]


async def test_the_same_fault_in_a_new_report_is_rework_of_the_first(
    session: AsyncSession, customer: Customer, engineer: Engineer, story: Story, rows: asyncpg.Connection
) -> None:
    asset = await make_asset(session, customer, category="空调", serial_number="SN-9")
    await story.completed(asset_id=str(asset.id))
    await close(story)
    first = story.number
    story.clock.advance(days=20)
    for day in range(6):
        day_of_work = (story.clock.now + timedelta(days=day)).date()
        await make_roster(session, engineer, day_of_work, start=8, end=20)
    await story.submit(asset_id=str(asset.id))
    told = (await story.step(story.agent, "triage"))["warranty_decision"]
    assert (told["state"], told["covers"], told["rework_of"]) == ("in", "repair", first)
    assert (told["ends_on"], told["remaining_days"]) == ("2026-09-13", 70)
    await again(story)
    assert (await receipt(story))["warranties"][0]["until"] == "2026-09-13"
    assert await rows.fetchval("SELECT count(*) FROM warranties WHERE kind = 'repair'") == 1
    months = [await gather(rows, Period.read(f"2026-{month:02}")) for month in (6, 7)]
    assert [job.reopened_at is not None for month in months for job in month.jobs] == [True, False]
    assert await examine(rows) == []


async def test_another_fault_or_another_appliance_is_no_rework(
    session: AsyncSession, customer: Customer, story: Story
) -> None:
    asset = await make_asset(session, customer, category="空调", serial_number="SN-9")
    other = await make_asset(session, customer, category="空调", serial_number="SN-8")
    await story.completed(asset_id=str(asset.id))
    for over in (
        {"asset_id": str(asset.id), "fault": "空调外机噪音特别大，一直嗡嗡响"},
        {"asset_id": str(other.id)},
    ):
        await story.submit(**over)
        told = (await story.step(story.agent, "triage"))["warranty_decision"]
        assert (told["state"], told["rework_of"]) == ("unknown", None)


async def test_after_the_last_day_it_is_a_job_like_any_other(
    session: AsyncSession, customer: Customer, engineer: Engineer, story: Story, rows: asyncpg.Connection
) -> None:
    asset = await make_asset(session, customer, category="空调", serial_number="SN-9")
    await story.completed(asset_id=str(asset.id))
    await rows.execute("UPDATE warranties SET ends_on = begins_on")
    # The next day in China begins at four in the afternoon in London.
    story.clock.advance(hours=14)
    await story.submit(asset_id=str(asset.id))
    told = (await story.step(story.agent, "triage"))["warranty_decision"]
    assert (told["state"], told["rework_of"]) == ("unknown", None)

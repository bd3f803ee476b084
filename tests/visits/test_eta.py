"""While the engineer is on the way the customer sees when to expect him."""

from datetime import datetime, timedelta
from typing import Any

import asyncpg
import pytest
from httpx import Response

from tests.tickets import bodies
from tests.tickets.story import Story

# Some ten kilometres to the west.
FAR = {"latitude": 31.2310, "longitude": 121.4400}
NEAR = {"latitude": 31.2310, "longitude": 121.5300}


@pytest.fixture
async def on_the_way(story: Story) -> Story:
    await story.scheduled()
    story.clock.advance(hours=3, minutes=30)
    await story.step(story.engineer, "depart", **FAR)
    return story


async def report(story: Story, **body: Any) -> Response:
    return await story.engineer.put(f"/api/v1/tickets/{story.number}/position", json=body)


async def eta(story: Story) -> dict[str, Any] | None:
    shown: dict[str, Any] | None = (await story.see())["visit"]["eta"]
    return shown


async def test_departing_from_a_place_is_an_estimate(on_the_way: Story) -> None:
    shown = await eta(on_the_way)
    assert shown is not None
    way = datetime.fromisoformat(shown["at"]) - on_the_way.clock.now
    assert timedelta(minutes=30) < way < timedelta(minutes=45)
    assert (shown["band_minutes"], shown["late_minutes"]) == (8, 0)


async def test_departing_from_nowhere_is_none(story: Story) -> None:
    await story.scheduled()
    await story.step(story.engineer, "depart")
    assert await eta(story) is None


async def test_a_position_moves_the_estimate_and_the_promise(on_the_way: Story) -> None:
    before = await eta(on_the_way)
    on_the_way.clock.advance(minutes=1)
    assert (await report(on_the_way, **NEAR)).status_code == 204
    after = await eta(on_the_way)
    assert before is not None
    assert after is not None
    assert after["at"] < before["at"]
    assert after["band_minutes"] < before["band_minutes"]


async def test_older_and_hasty_positions_change_nothing(on_the_way: Story) -> None:
    before = await eta(on_the_way)
    old = (on_the_way.clock.now - timedelta(minutes=1)).isoformat()
    assert (await report(on_the_way, **NEAR, at=old)).status_code == 204
    on_the_way.clock.advance(seconds=2)
    assert (await report(on_the_way, **NEAR)).status_code == 204
    assert await eta(on_the_way) == before


async def test_a_position_of_long_ago_is_refused(on_the_way: Story) -> None:
    old = (on_the_way.clock.now - timedelta(minutes=11)).isoformat()
    refused = await report(on_the_way, **NEAR, at=old)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "body.at")


async def test_the_customer_hears_once_that_it_will_be_late(
    on_the_way: Story, rows: asyncpg.Connection
) -> None:
    # Ten minutes before the window closes, still ten kilometres away.
    on_the_way.clock.advance(hours=2, minutes=20)
    for _ in range(2):
        on_the_way.clock.advance(minutes=1)
        assert (await report(on_the_way, **FAR)).status_code == 204
    told = await rows.fetch(
        "SELECT o.slots->>'hint' AS hint FROM outbox o JOIN ticket_events e USING (ticket_id, seq)"
        " WHERE e.event = 'running_late' AND o.recipient = 'customer'"
    )
    assert len(told) == 1
    assert told[0]["hint"].startswith("抱歉，预计16:")
    shown = await eta(on_the_way)
    assert shown is not None
    assert shown["late_minutes"] > 15


async def test_nothing_of_the_way_is_left_when_he_has_arrived(
    on_the_way: Story, rows: asyncpg.Connection
) -> None:
    await on_the_way.step(on_the_way.engineer, "arrive", **bodies.HOME)
    assert await eta(on_the_way) is None
    assert await rows.fetchval("SELECT count(*) FROM visits WHERE eta IS NOT NULL OR eta_at IS NOT NULL") == 0
    refused = await report(on_the_way, **NEAR)
    assert (refused.status_code, refused.json()["code"]) == (409, "not_on_the_way")

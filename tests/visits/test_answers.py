"""The customer answers a visit by the link of his card, without signing in."""

from typing import Any

import asyncpg
import pytest
from httpx import Response

from tests.harness.callers import Caller
from tests.tickets import bodies
from tests.tickets.story import Story

LINK = "SELECT link FROM visits ORDER BY id DESC LIMIT 1"
PAGE = """
SELECT o.slots->>'page' FROM outbox o JOIN ticket_events e USING (ticket_id, seq)
 WHERE e.event = $1 AND o.recipient = 'customer' ORDER BY o.id DESC LIMIT 1
"""


async def answer(client: Caller, token: str, what: str, **fields: Any) -> Response:
    return await client.post("/api/v1/visit-answers", json={"token": token, "answer": what} | fields)


@pytest.fixture
async def token(story: Story, rows: asyncpg.Connection) -> str:
    """Of a visit tomorrow afternoon."""
    await story.accepted()
    await story.step(story.customer, "book", window=bodies.window(story.clock.now, days=1))
    link: str = await rows.fetchval(LINK)
    assert len(link) >= 22
    return link


async def test_the_card_of_the_booking_opens_the_visit(
    token: str, story: Story, client: Caller, rows: asyncpg.Connection
) -> None:
    opened = await rows.fetchval(PAGE, "book")
    assert opened == f"visits/{token}/{story.number}"
    assert "请确认上门时间" in (await client.get(f"/h5/{opened}")).text


async def test_confirming_is_seen_by_all_and_counted_once(
    token: str, story: Story, client: Caller, rows: asyncpg.Connection
) -> None:
    for _ in range(2):
        told = await answer(client, token, "confirm")
        assert (told.status_code, told.json()["confirmed"]) == (200, True)
    seen = await story.see(story.engineer)
    assert (seen["state"], seen["visit"]["state"]) == ("scheduled", "customer_confirmed")
    assert seen["visit"]["confirmed_at"] is not None
    facts = await rows.fetchval("SELECT count(*) FROM ticket_events WHERE event = 'visit_confirmed'")
    assert facts == 1
    story.clock.advance(days=1, hours=3)
    assert (await story.step(story.engineer, "depart"))["state"] == "en_route"


async def test_the_answer_shows_no_door_and_no_phone(token: str, client: Caller) -> None:
    told = await answer(client, token, "confirm")
    assert "1201" not in told.text
    assert "1380" not in told.text


async def test_declining_leaves_the_visit_and_calls_the_engineer(
    token: str, story: Story, client: Caller, rows: asyncpg.Connection
) -> None:
    await answer(client, token, "confirm")
    told = await answer(client, token, "decline", note="下午要出门")
    assert told.json()["confirmed"] is False
    assert (await story.see())["state"] == "scheduled"
    hint = await rows.fetchval("SELECT slots->>'hint' FROM outbox ORDER BY id DESC LIMIT 1")
    assert hint == "客户时间有变，请联系改约"
    text = await rows.fetchval("SELECT text FROM ticket_events ORDER BY ticket_id DESC, seq DESC LIMIT 1")
    assert text == "客户说上门时间有变：下午要出门"


async def test_rebooking_by_the_link_follows_the_rules_and_ends_the_link(
    token: str, story: Story, client: Caller, rows: asyncpg.Connection
) -> None:
    for day in (2, 3):
        window = bodies.window(story.clock.now, days=day)
        told = await answer(client, token, "rebook", window=window)
        assert told.status_code == 200, told.text
        old, token = token, await rows.fetchval(LINK)
        assert (await answer(client, old, "confirm")).status_code == 404
    again = await answer(client, token, "rebook", window=bodies.window(story.clock.now, days=4))
    assert (again.status_code, again.json()["errors"][0]["code"]) == (409, "rebooked_too_often")


async def test_a_link_ends_when_the_engineer_sets_out(token: str, story: Story, client: Caller) -> None:
    story.clock.advance(days=1, hours=3)
    await story.step(story.engineer, "depart")
    assert (await answer(client, token, "confirm")).status_code == 404


async def test_a_link_ends_with_its_window(token: str, story: Story, client: Caller) -> None:
    story.clock.advance(days=1, hours=7)
    assert (await answer(client, token, "confirm")).status_code == 404


async def test_rebooking_needs_a_window(token: str, client: Caller) -> None:
    told = await answer(client, token, "rebook")
    assert (told.status_code, told.json()["errors"][0]["field"]) == (422, "body.window")


async def test_the_page_works_without_script(token: str, story: Story, client: Caller) -> None:
    shown = (await client.get(f"/h5/visits/{token}")).text
    assert "6月16日 14:00" in shown
    assert "确认，到时有人在家" in shown
    assert shown.count('name="window"') == 3
    confirmed = await client.post(f"/h5/visits/{token}", data={"answer": "confirm"})
    assert confirmed.headers["location"] == f"/h5/visits/{token}?said=confirm"
    assert "已确认" in (await client.get(f"/h5/visits/{token}")).text
    window = bodies.window(story.clock.now, days=2)
    changed = await client.post(
        f"/h5/visits/{token}", data={"answer": "rebook", "window": f"{window['start']}/{window['end']}"}
    )
    assert changed.status_code == 303
    assert "6月17日 14:00" in (await client.get(changed.headers["location"])).text


async def test_the_visit_for_the_calendar(token: str, client: Caller) -> None:
    shown = await client.get(f"/h5/visits/{token}/calendar.ics")
    lines = shown.content.decode().split("\r\n")
    assert shown.headers["content-type"] == "text/calendar; charset=utf-8"
    assert "DTSTART:20260616T060000Z" in lines
    assert "SUMMARY:空调维修上门，工程师陈师傅" in lines
    assert all(len(line.encode()) <= 75 for line in lines)


async def test_who_has_not_confirmed_is_reminded_the_evening_before(
    token: str, story: Story, rows: asyncpg.Connection
) -> None:
    story.clock.advance(hours=7, minutes=59)
    await story.sweep()
    assert await rows.fetchval("SELECT count(*) FROM ticket_events WHERE event = 'reminded'") == 0
    story.clock.advance(minutes=1)
    await story.sweep()
    assert await rows.fetchval(PAGE, "reminded") == f"visits/{token}/{story.number}"
    await story.sweep()
    assert await rows.fetchval("SELECT count(*) FROM ticket_events WHERE event = 'reminded'") == 1


async def test_who_has_confirmed_is_not(
    token: str, story: Story, client: Caller, rows: asyncpg.Connection
) -> None:
    await answer(client, token, "confirm")
    story.clock.advance(hours=9)
    await story.sweep()
    assert await rows.fetchval("SELECT count(*) FROM ticket_events WHERE event = 'reminded'") == 0


async def test_who_books_on_the_evening_is_not_asked_again(story: Story, rows: asyncpg.Connection) -> None:
    await story.accepted()
    story.clock.advance(hours=9)
    await story.step(story.customer, "book", window=bodies.window(story.clock.now, days=1))
    await story.sweep()
    assert await rows.fetchval("SELECT count(*) FROM ticket_events WHERE event = 'reminded'") == 0

"""Plans of a day: a sick call finds somebody else, promises stay, and people are told what concerns them."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import asyncpg

from app.services.operations.doctor import examine
from tests.harness.callers import Caller
from tests.tickets import bodies
from tests.tickets.story import Story

Planning = Callable[[], Awaitable[int]]
VISIT = "SELECT engineer_id::text, promised, planned FROM visits ORDER BY id DESC LIMIT 1"
NOTICES = """
SELECT o.recipient, o.slots->>'hint' AS hint FROM outbox o JOIN ticket_events e USING (ticket_id, seq)
 WHERE e.event = $1 ORDER BY o.id
"""


async def booked(story: Story, **window: Any) -> dict[str, Any]:
    """A visit tomorrow afternoon with the story's engineer, whoever would be cheaper."""
    await story.submit()
    await story.step(story.agent, "triage")
    await story.step(story.agent, "offer", engineer_id=str(story.engineer.person.id))
    await story.step(story.engineer, "accept")
    wish = bodies.window(story.clock.now, **({"days": 1} | window))
    return await story.step(story.customer, "book", window=wish)


async def falls_sick(story: Story, days: int = 6, who: Caller | None = None) -> None:
    now = story.clock.now
    body = {"kind": "sick", "start": now.isoformat(), "end": (now + timedelta(days=days)).isoformat()}
    url = f"/api/v1/engineers/{(who or story.engineer).person.id}/absences"
    answer = await story.manager.post(url, json=body)
    assert answer.status_code == 201, answer.text


async def facts(rows: asyncpg.Connection, event: str) -> list[str]:
    found = await rows.fetch("SELECT text FROM ticket_events WHERE event = $1 ORDER BY ticket_id, seq", event)
    return [row["text"] for row in found]


async def told(rows: asyncpg.Connection, event: str) -> list[tuple[str, str]]:
    return [(row["recipient"], row["hint"]) for row in await rows.fetch(NOTICES, event)]


async def test_a_sick_engineers_visit_goes_to_somebody_who_can(
    pair: Story, colleague: Caller, rows: asyncpg.Connection, plan: Planning
) -> None:
    await booked(pair)
    promised = (await pair.see())["visit"]["start"]
    before = await rows.fetchrow(VISIT)
    await falls_sick(pair)
    await plan()
    after = await rows.fetchrow(VISIT)
    assert after["engineer_id"] == str(colleague.person.id)
    assert after["promised"] == before["promised"]
    seen = await pair.see()
    assert (seen["state"], seen["engineer"]["name"]) == ("scheduled", "赵师傅")
    assert seen["visit"]["start"] == promised
    assert await facts(rows, "replanned") == ["上门工程师由陈师傅调整为赵师傅，时段不变"]
    # The customer had been told nobody for certain, and is not disturbed.
    assert await told(rows, "replanned") == [
        ("staff", "此单已改由他人上门"),
        ("staff", "原由陈师傅上门，改由您上门"),
    ]
    assert await rows.fetchval("SELECT count(*) FROM plan_requests") == 0
    assert await examine(rows) == []


async def test_whoever_takes_over_goes_on_with_the_job(
    pair: Story, colleague: Caller, plan: Planning
) -> None:
    await booked(pair)
    await falls_sick(pair)
    await plan()
    pair.clock.advance(days=1, hours=3)
    assert (await pair.ask(pair.engineer, "depart")).status_code == 404
    assert (await pair.step(colleague, "depart"))["state"] == "en_route"


async def test_who_had_it_is_told_that_he_need_not_go_and_overwrites_nothing(
    pair: Story, colleague: Caller, rows: asyncpg.Connection, plan: Planning
) -> None:
    await booked(pair)
    seen = await pair.see()
    assert "不用去了" not in (await pair.engineer.get("/field")).text
    await falls_sick(pair)
    await plan()
    # The next day his phone has a network again; it was to be today.
    pair.clock.advance(days=1, hours=1)
    mine, theirs = [(await who.get("/field")).text for who in (pair.engineer, colleague)]
    for words in ("不用去了（1）", pair.number, "行程调整，已改由他人上门", "原约 6月16日 14:00"):
        assert words in mine, words
    assert "不用去了" not in theirs
    late = {"Idempotency-Key": "k1", "Done-Ago": "3000"}
    form = {"version": seen["version"]}
    sent = await pair.engineer.post(f"/field/tickets/{pair.number}/events/depart", data=form, headers=late)
    refused = sent.json()["refused"]
    assert (refused["yours"], refused["version"]) == (False, None)
    assert "行程调整，已改由他人上门" in refused["words"]
    assert (await pair.see())["state"] == "scheduled"
    # By the message of yesterday he comes to a page that says why, and shows no customer.
    gone = await pair.engineer.get(f"/field/tickets/{pair.number}")
    assert (gone.status_code, "已改由他人上门" in gone.text) == (404, True)
    assert "世纪大道" not in mine + gone.text
    # Given back to him, it is no longer gone.
    back = "UPDATE visits SET engineer_id = $1 WHERE engineer_id = $2"
    await rows.execute(back, pair.engineer.person.id, colleague.person.id)
    assert "不用去了" not in (await pair.engineer.get("/field")).text


async def test_after_the_announcement_a_change_is_pushed_to_the_customer(
    pair: Story, rows: asyncpg.Connection, plan: Planning
) -> None:
    await booked(pair)
    # Tomorrow, 45 minutes before the window.
    pair.clock.advance(days=1, hours=3, minutes=15)
    await plan()
    (text,) = await facts(rows, "announced")
    assert text == "陈师傅预计14:00–14:30到"
    assert await told(rows, "announced") == [("customer", text)]
    shown = (await pair.see())["visit"]
    assert shown["announced_at"] is not None
    assert shown["band"]["start"] == shown["start"]
    await falls_sick(pair)
    await plan()
    assert ("customer", "改由赵师傅上门，时间不变") in await told(rows, "replanned")


async def test_an_announcement_comes_once_and_not_too_early(
    alone: Story, rows: asyncpg.Connection, plan: Planning
) -> None:
    await booked(alone)
    alone.clock.advance(days=1, hours=2, minutes=59)
    await plan()
    assert await facts(rows, "announced") == []
    alone.clock.advance(minutes=1)
    await plan()
    await plan()
    assert len(await facts(rows, "announced")) == 1


async def test_who_is_booked_within_the_hour_is_who_comes(
    alone: Story, rows: asyncpg.Connection, plan: Planning
) -> None:
    ticket = await booked(alone, days=0, hour=11)
    assert ticket["visit"]["announced_at"] is not None
    await plan()
    assert await facts(rows, "announced") == []


async def test_when_nobody_can_the_managers_hear_of_it_once(
    alone: Story, rows: asyncpg.Connection, plan: Planning
) -> None:
    ticket = await booked(alone)
    await falls_sick(alone)
    await plan()
    alone.clock.advance(minutes=16)
    await plan()
    (text,) = await facts(rows, "escalated")
    assert "暂无人可替" in text
    assert await told(rows, "escalated") == [("staff", "请人工安排上门")]
    assert (await alone.see())["state"] == "scheduled"
    report = await rows.fetchrow("SELECT stranded, changes FROM plan_reports ORDER BY id LIMIT 1")
    assert [row["number"] for row in report["stranded"]] == [ticket["number"]]
    assert report["changes"] == []


async def test_a_cancelled_visit_asks_for_a_new_plan(alone: Story, rows: asyncpg.Connection) -> None:
    await booked(alone)
    assert await rows.fetchval("SELECT count(*) FROM plan_requests") == 0
    await alone.step(alone.customer, "cancel", reason_code="changed_mind")
    assert await rows.fetchval("SELECT cause FROM plan_requests") == "取消或改派"


async def test_each_territory_is_planned_every_quarter_of_an_hour(
    alone: Story, rows: asyncpg.Connection, plan: Planning
) -> None:
    await booked(alone)
    assert await plan() == 1
    assert await plan() == 0
    alone.clock.advance(minutes=14)
    assert await plan() == 0
    alone.clock.advance(minutes=2)
    assert await plan() == 1
    causes = await rows.fetch("SELECT cause FROM plan_reports ORDER BY id")
    assert [row["cause"] for row in causes] == ["定时", "定时"]


async def test_what_is_under_way_is_left_alone(pair: Story, rows: asyncpg.Connection, plan: Planning) -> None:
    await booked(pair, days=0, hour=11)
    await pair.step(pair.engineer, "depart")
    before = await rows.fetchrow(VISIT)
    await falls_sick(pair, days=1)
    await plan()
    assert await rows.fetchrow(VISIT) == before
    assert await facts(rows, "replanned") == []


async def test_a_request_that_comes_while_one_plans_is_not_lost(
    alone: Story, rows: asyncpg.Connection, plan: Planning
) -> None:
    await booked(alone)
    await alone.step(alone.customer, "cancel", reason_code="changed_mind")
    # Somebody is at it, and may have died.
    await rows.execute("UPDATE plan_requests SET taken_at = $1", alone.clock.now)
    assert await plan() == 0
    await booked(alone)
    await alone.step(alone.customer, "cancel", reason_code="changed_mind")
    assert await plan() == 1

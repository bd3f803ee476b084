"""What an engineer appeals against, what becomes of it, and that the two ways of counting agree throughout."""

from datetime import datetime
from typing import Any

import asyncpg

from app.domain.lifecycle import Event
from app.domain.period import Period
from app.services.kpi.recount import recount
from tests.harness.callers import Caller
from tests.tickets import bodies
from tests.tickets.story import SCORES, Story
from tests.tickets.ways import valid

JUNE = {"month": "2026-06"}


async def figures(story: Story, who: Caller, what: str = "engineers", **asked: str) -> dict[str, Any]:
    answer = await who.get(f"/api/v1/kpi/{what}", params=asked or JUNE)
    assert answer.status_code == 200, answer.text
    key = {"engineers": "engineer_id"}.get(what, "service_point_id")
    items: list[dict[str, Any]] = answer.json()["items"]
    return (
        {item[key]: item for item in items}[str(story.engineer.person.id)]
        if what == "engineers"
        else items[0]
    )


async def agreed(rows: asyncpg.Connection, now: datetime) -> int:
    compared, differences = await recount(rows, Period.read("2026-06"), now)
    assert differences == []
    return compared


async def _late_and_rated_low(story: Story) -> None:
    """He comes an hour after the window."""
    await story.scheduled()
    story.clock.advance(hours=7)
    await story.step(story.engineer, "depart")
    await story.step(story.engineer, "arrive", **bodies.HOME)
    quoted = await story.step(story.engineer, "quote", lines=[{"code": "AC-GAS", "quantity": 2}])
    await story.step(story.customer, "approve_quote", quote_version=quoted["quote"]["version"])
    await story.step(story.engineer, "finish", **await valid(story, Event.FINISH))
    low = SCORES | {"timeliness": 1}
    assert (await story.customer.put(f"/api/v1/tickets/{story.number}/rating", json=low)).status_code == 200


async def appeal(story: Story, who: Caller, measure: str) -> Any:
    body = {"number": story.number, "measure": measure, "reason": "高架封路，已提前电话告知"}
    return await who.post("/api/v1/kpi/appeals", json=body)


async def test_what_is_upheld_counts_no_more_and_is_named(story: Story, rows: asyncpg.Connection) -> None:
    await _late_and_rated_low(story)
    before = await figures(story, story.engineer)
    assert (before["on_time"]["value"], before["timeliness"]["value"], before["evidence"]["value"]) == (
        0.0,
        1.0,
        1.0,
    )
    assert await agreed(rows, story.clock.now) > 10
    filed = await appeal(story, story.engineer, "on_time")
    assert (filed.status_code, filed.json()["state"]) == (201, "open")
    assert (await appeal(story, story.engineer, "on_time")).json()["code"] == "appealed_before"
    open_one = await figures(story, story.engineer)
    assert open_one["on_time"] == before["on_time"]
    assert open_one["appeals"] == [{"measure": "on_time", "state": "open", "n": 1}]
    url = f"/api/v1/kpi/appeals/{filed.json()['id']}/decide"
    verdict = {"decision": "upheld", "note": "封路属实"}
    decided = await story.manager.post(url, json=verdict)
    assert (decided.json()["state"], decided.json()["note"]) == ("upheld", "封路属实")
    assert (await story.manager.post(url, json=verdict)).json()["code"] == "appeal_decided"
    after = await figures(story, story.engineer)
    assert (after["on_time"]["value"], after["on_time"]["n"]) == (None, 0)
    assert {"measure": "on_time", "reason": "appeal", "n": 1} in after["excluded"]
    assert after["timeliness"] == before["timeliness"]
    upheld = [{"measure": "on_time", "state": "upheld", "n": 1}]
    assert after["appeals"] == upheld
    await rows.execute("UPDATE staff SET service_point_id = (SELECT id FROM service_points LIMIT 1)")
    for what in ("teams", "service-points"):
        of_quarter = await figures(story, story.manager, what, quarter="2026-Q2")
        assert (of_quarter["appeals"], of_quarter["on_time"]["n"]) == (upheld, 0)
        assert of_quarter["timeliness"]["n"] == 1
        assert (await figures(story, story.manager, what, quarter="2026-Q1"))["appeals"] == []
    assert await agreed(rows, story.clock.now) > 10
    mine = (await story.engineer.get("/api/v1/kpi/appeals", params={"state": "upheld"})).json()["items"]
    assert [each["decided_by"] for each in mine] == [decided.json()["decided_by"]]


async def test_only_who_was_there_may_appeal(story: Story, colleague: Caller) -> None:
    await story.completed()
    assert (await appeal(story, colleague, "rating")).status_code == 404
    assert (await appeal(story, story.agent, "rating")).status_code == 403


async def test_both_ways_of_counting_agree_on_a_dispute_and_a_second_visit(
    story: Story, rows: asyncpg.Connection
) -> None:
    await story.accepted()
    await story.customer.post(f"/api/v1/tickets/{story.number}/urgings", json={"message": "快点"})
    await story.step(story.customer, "book", window=bodies.window(story.clock.now))
    await story.step(story.engineer, "depart")
    await story.step(story.engineer, "arrive", **bodies.HOME)
    await story.covered()
    await story.step(story.engineer, "start")
    await story.step(story.engineer, "finish", **(await valid(story, Event.FINISH)) | {"charge_fen": 0})
    await story.step(story.customer, "dispute", **await valid(story, Event.DISPUTE))
    told = await figures(story, story.manager)
    assert (told["disputes"]["value"], told["promises_kept"]["n"]) == (1.0, 1)
    quarter = await figures(story, story.manager, quarter="2026-Q2")
    assert (quarter["disputes"], quarter["first_time_fix"]["n"]) == (told["disputes"], 0)
    assert {"measure": "first_time_fix", "reason": "too_recent", "n": 1} in quarter["excluded"]
    point = await figures(story, story.manager, "service-points", quarter="2026-Q2")
    assert point["disputes"]["n"] == 1
    await agreed(rows, story.clock.now)
    await agreed(rows, story.clock.advance(days=31))

"""The ends of a ticket, and the ways back from them."""

from datetime import timedelta

import asyncpg

from app.domain.lifecycle import State
from tests.harness.callers import Caller
from tests.tickets import bodies
from tests.tickets.story import SCORES, Story
from tests.tickets.traces import last_event, of_ticket
from tests.tickets.ways import reach


async def test_within_thirty_days_the_same_fault_is_free_rework(
    story: Story, rows: asyncpg.Connection
) -> None:
    await reach(story, State.CLOSED)
    story.clock.advance(days=29)
    await story.step(story.customer, "reopen", reason="又不制冷了")
    left = await last_event(rows, story.number)
    assert left.data["first_engineer"] == str(story.engineer.person.id)
    assert await of_ticket(rows, story.number, "warranty") == "in"
    assert await of_ticket(rows, story.number, "reopened") == 1


async def test_after_thirty_days_it_is_a_new_ticket(story: Story, rows: asyncpg.Connection) -> None:
    await reach(story, State.CLOSED)
    await rows.execute("UPDATE tickets SET completed_at = completed_at - interval '30 days 1 second'")
    (reopen,) = (await story.see())["allowed_events"]
    assert [b["code"] for b in reopen["blockers"]] == ["rework_period_over"]
    refused = await story.ask(story.customer, "reopen", reason="又坏了")
    assert (refused.status_code, refused.json()["code"]) == (409, "blocked")


async def test_a_failed_job_cannot_be_reopened_for_ever(story: Story, rows: asyncpg.Connection) -> None:
    await reach(story, State.UNRESOLVED)
    await story.step(story.customer, "accept_fail")
    await rows.execute("UPDATE tickets SET closed_at = closed_at - interval '31 days'")
    refused = await story.ask(story.customer, "reopen", reason="又坏了")
    assert refused.json()["errors"][0]["code"] == "rework_period_over"


async def test_a_reopened_ticket_is_not_rated_twice(story: Story, rows: asyncpg.Connection) -> None:
    await reach(story, State.CONFIRMED)
    await story.step(story.customer, "rate_or_expire", **SCORES)
    await rows.execute("UPDATE tickets SET state = 'confirmed'")
    (rate, _) = sorted((await story.see())["allowed_events"], key=lambda a: str(a["event"]))
    assert [b["code"] for b in rate["blockers"]] == ["already_rated"]


async def test_finishing_asks_for_both_photos(story: Story) -> None:
    ticket = await story.in_repair()
    fields = {
        "fault_code": "F01",
        "solution": "补充冷媒",
        "old_parts": "none",
        "charge_fen": ticket["quote"]["total_fen"],
    }
    both = await story.ask(story.engineer, "finish", **fields)
    assert [e["code"] for e in both.json()["errors"]] == ["photo_before_missing", "photo_after_missing"]
    await story.photo(story.engineer, "before")
    (finish,) = [a for a in (await story.see(story.engineer))["allowed_events"] if a["event"] == "finish"]
    assert [b["next_step"] for b in finish["blockers"]] == ["请上传一张维修后的照片。"]


async def test_merging_keeps_photos_and_words(story: Story, rows: asyncpg.Connection) -> None:
    into = (await story.submit(fault="空调漏水，滴到地板上"))["number"]
    await story.submit(fault="空调不制冷，一直吹热风")
    await story.photo(story.customer, "report")
    await story.step(story.agent, "merge", into=into)
    assert (await story.see())["attachments"] == []
    merged, story.number = story.number, into
    seen = await story.see()
    assert len(seen["attachments"]) == 1
    assert "空调不制冷" in seen["fault"]
    assert merged in seen["fault"]
    assert seen["fault"].startswith("空调漏水")


async def test_only_one_customers_reports_of_one_thing_are_merged(
    story: Story, stranger: Caller, rows: asyncpg.Connection
) -> None:
    fridge = (await story.submit(category="冰箱", fault="冰箱不制冷"))["number"]
    others = (await stranger.post("/api/v1/tickets", json=bodies.report())).json()["number"]
    await story.submit()
    for into in (fridge, others, story.number, "HX0000NOSUCH"):
        answer = await story.ask(story.agent, "merge", into=into)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "body.into")


async def test_a_reason_reads_as_people_say_it(story: Story, rows: asyncpg.Connection) -> None:
    await story.submit()
    await story.step(story.agent, "reject", reason_code="out_of_area", note="崇明暂未开通")
    text = (await last_event(rows, story.number)).text
    assert text == "未能受理：不在服务区域（崇明暂未开通）。如有异议，请联系客服。"


async def test_suspending_has_a_horizon(story: Story) -> None:
    await story.accepted()
    for days in (-1, 91):
        until = (story.clock.now + timedelta(days=days)).isoformat()
        answer = await story.ask(story.agent, "suspend", reason_code="weather", resume_at=until)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "body.resume_at")


async def test_supplied_words_and_place_are_kept(story: Story, rows: asyncpg.Connection) -> None:
    await reach(story, State.PENDING_INFO)
    await rows.execute("UPDATE tickets SET service_point_id = NULL, address = NULL")
    await story.step(story.customer, "supply_info", text="是挂机", address=bodies.ADDRESS)
    assert await of_ticket(rows, story.number, "fault LIKE '%补充：是挂机'")
    assert await of_ticket(rows, story.number, "service_point_id IS NOT NULL")

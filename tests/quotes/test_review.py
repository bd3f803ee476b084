"""Above the spend limit the manager looks first; the customer is asked once, when it is his turn."""

from datetime import timedelta

import asyncpg
import pytest
from httpx import Response

from app.domain.lifecycle import State
from app.services.operations.doctor import examine
from tests.harness.callers import Caller
from tests.tickets.story import Story
from tests.tickets.traces import last_event, running, sent

MUCH = [{"code": "AC-GAS", "quantity": 38}]
LITTLE = [{"code": "AC-GAS", "quantity": 37}]
YOUR_TURN = "报价已出，请您确认"


async def review(story: Story, decision: str = "approve", note: str = "", version: int = 1) -> Response:
    url = f"/api/v1/tickets/{story.number}/quotes/{version}/review"
    return await story.manager.post(url, json={"decision": decision, "note": note})


async def in_review(story: Story) -> None:
    await story.on_site()
    await story.step(story.engineer, "quote", lines=MUCH)


async def asked(rows: asyncpg.Connection) -> int:
    """How often the customer was told that it is his turn."""
    count: int = await rows.fetchval(
        "SELECT count(*) FROM outbox WHERE recipient = 'customer' AND slots->>'hint' = $1", YOUR_TURN
    )
    return count


async def test_the_customer_waits_for_the_manager_and_is_asked_once(
    story: Story, rows: asyncpg.Connection
) -> None:
    await in_review(story)
    left = await last_event(rows, story.number)
    told = {m.recipient: m.slots for m in await sent(rows, story.number, left.seq)}
    assert (told["customer"]["state"], told["customer"]["hint"]) == ("报价复核", "报价正在由主管复核，请稍候")
    assert (told["staff"]["level"], told["staff"]["hint"]) == ("报价复核", "报价 3040 元，请复核")
    seen = await story.see()
    assert (seen["state"], seen["label"], seen["quote"]) == ("quote_pending", "报价复核中", None)
    assert "主管复核" in seen["promise"]
    assert "3040" not in (await story.customer.get(f"/api/v1/tickets/{story.number}/events")).text
    blockers = {a["event"]: [b["code"] for b in a["blockers"]] for a in seen["allowed_events"]}
    assert blockers["approve_quote"] == blockers["decline_quote"] == ["quote_in_review"]
    refused = await story.ask(story.customer, "approve_quote", quote_version=1)
    assert (refused.status_code, refused.json()["code"]) == (409, "blocked")
    # It is we who wait for ourselves.
    assert (await running(rows, story.number))["resolution"] == "run"
    assert await asked(rows) == 0

    answer = await review(story)
    assert (answer.status_code, answer.json()["quote"]["state"]) == (200, "pending")
    assert (await running(rows, story.number))["resolution"] == "pause"
    assert await asked(rows) == 1
    assert (await last_event(rows, story.number)).event == "quote_reviewed"
    seen = await story.see()
    assert (seen["label"], seen["quote"]["total_fen"]) == ("待您确认报价", 304000)
    assert (await story.step(story.customer, "approve_quote", quote_version=1))["state"] == "in_repair"
    assert await examine(rows) == []


async def test_a_returned_quote_goes_back_with_the_note(story: Story, rows: asyncpg.Connection) -> None:
    await in_review(story)
    unreasoned = await review(story, "return")
    assert unreasoned.status_code == 422
    answer = await review(story, "return", "冷媒用量偏多")
    assert answer.status_code == 200
    left = await last_event(rows, story.number)
    messages = await sent(rows, story.number, left.seq)
    assert [(m.recipient, m.slots["hint"]) for m in messages] == [("staff", "请修改报价：冷媒用量偏多")]
    assert (await story.see(story.engineer))["quote"]["review_note"] == "冷媒用量偏多"
    assert (await story.see())["quote"] is None
    assert "修改报价" in (await story.see())["promise"]
    revised = await story.step(story.engineer, "revise_quote", lines=LITTLE)
    assert (revised["quote"]["version"], revised["quote"]["state"]) == (2, "pending")
    left = await last_event(rows, story.number)
    assert [m.recipient for m in await sent(rows, story.number, left.seq)] == ["customer"]
    assert await examine(rows) == []


async def test_only_what_is_up_for_review_is_reviewed(story: Story, stranger: Caller) -> None:
    await in_review(story)
    other = await review(story, version=2)
    assert (other.status_code, other.json()["code"]) == (409, "quote_changed")
    assert other.json()["quote"] == {"version": 1, "state": "in_review"}
    url = f"/api/v1/tickets/{story.number}/quotes/1/review"
    statuses = [
        (await who.post(url, json={"decision": "approve"})).status_code
        for who in (story.customer, story.engineer, story.agent, stranger)
    ]
    assert statuses == [403, 403, 403, 404]
    assert (await review(story)).status_code == 200
    assert (await review(story)).status_code == 409


async def test_revising_while_a_manager_reads_makes_his_word_stale(story: Story) -> None:
    await in_review(story)
    await story.step(story.engineer, "revise_quote", lines=[{"code": "AC-GAS", "quantity": 40}])
    answer = await review(story, version=1)
    assert (answer.status_code, answer.json()["quote"]["version"]) == (409, 2)


LIMITS = [
    ("nothing said", [], 38),
    ("for all", [{"limit_fen": 8000}], 2),
    ("of the service", [{"limit_fen": 8000}, {"service_type": "repair", "limit_fen": 16000}], 3),
    ("of another service", [{"service_type": "cleaning", "limit_fen": 8000}], 38),
    (
        "of service and warranty",
        [
            {"service_type": "repair", "limit_fen": 0},
            {"service_type": "repair", "warranty": "unknown", "limit_fen": 24000},
        ],
        4,
    ),
]


@pytest.mark.parametrize(("_name", "limits", "first_reviewed"), LIMITS, ids=[limit[0] for limit in LIMITS])
async def test_the_most_specific_limit_counts(
    story: Story, _name: str, limits: list[dict[str, object]], first_reviewed: int
) -> None:
    for limit in limits:
        assert (await story.manager.put("/api/v1/spend-limits", json=limit)).status_code == 200
    assert len((await story.manager.get("/api/v1/spend-limits")).json()["items"]) == len(limits)
    await story.on_site()
    below = [{"code": "AC-GAS", "quantity": first_reviewed - 1}]
    assert (await story.step(story.engineer, "quote", lines=below))["quote"]["state"] == "pending"
    above = [{"code": "AC-GAS", "quantity": first_reviewed}]
    assert (await story.step(story.engineer, "revise_quote", lines=above))["quote"]["state"] == "in_review"


SILENCE = {
    "in_review": [
        (30, "escalated", "staff"),
        (120, "escalated", "staff"),
        (1440, "escalated", "staff"),
        (4320, "decline_quote", "customer"),
    ],
    "returned": [
        (30, "reminded", "staff"),
        (120, "escalated", "staff"),
        (1440, "escalated", "staff"),
        (4320, "decline_quote", "customer"),
    ],
}


@pytest.mark.parametrize("state", SILENCE)
async def test_a_manager_or_engineer_who_does_not_answer_is_reminded(
    story: Story, rows: asyncpg.Connection, state: str
) -> None:
    await in_review(story)
    story.clock.advance(minutes=7)
    if state == "returned":
        await review(story, "return", "工时偏多")
    began = story.clock.now - timedelta(minutes=0 if state == "returned" else 7)
    for minutes, event, told in SILENCE[state]:
        story.clock.now = began + timedelta(minutes=minutes, seconds=-1)
        await story.sweep()
        before = await last_event(rows, story.number)
        story.clock.now = began + timedelta(minutes=minutes)
        await story.sweep()
        left = await last_event(rows, story.number)
        assert (left.seq, left.event) == (before.seq + 1, event)
        assert told in {m.recipient for m in await sent(rows, story.number, left.seq)}
    assert (await story.see())["state"] == State.UNRESOLVED
    assert await rows.fetchval("SELECT count(*) FROM receipts") == 0
    assert await examine(rows) == []


async def test_the_customers_three_days_begin_with_his_turn(story: Story, rows: asyncpg.Connection) -> None:
    await in_review(story)
    story.clock.advance(hours=20)
    await story.sweep()
    await review(story)
    story.clock.advance(hours=71)
    await story.sweep()
    assert (await story.see())["state"] == "quote_pending"
    story.clock.advance(hours=1)
    await story.sweep()
    assert (await story.see())["state"] == "unresolved"

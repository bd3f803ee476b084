"""Additional work in the middle of a repair: yes or no to it leaves standing what was agreed before."""

import asyncpg
import pytest

from app.services.operations.doctor import examine
from tests.harness.callers import Caller
from tests.quotes.test_review import review
from tests.tickets import bodies
from tests.tickets.story import Story
from tests.tickets.traces import last_event, running, sent
from tests.tickets.ways import valid

ONE = [{"code": "AC-GAS", "quantity": 1}]


async def varied(story: Story) -> None:
    """16000 fen are approved, 8000 more are asked for."""
    await story.in_repair()
    await story.step(story.engineer, "quote", lines=ONE)


@pytest.mark.parametrize("word", ["decline_variation", "decline_quote"])
async def test_a_refused_variation_leaves_the_repair_as_it_was_agreed(
    story: Story, rows: asyncpg.Connection, word: str
) -> None:
    await varied(story)
    refused = await story.step(story.customer, word, quote_version=2, reason="太贵")
    assert (refused["state"], refused["visit"]["state"]) == ("in_repair", "working")
    quote = refused["quote"]
    assert (quote["version"], quote["state"], quote["total_fen"]) == (1, "approved", 16000)
    left = await last_event(rows, story.number)
    assert (left.event, left.data["reason"], left.data["standing"]) == ("decline_variation", "太贵", 1)
    told = {m.recipient: m.slots["hint"] for m in await sent(rows, story.number, left.seq)}
    assert told == {"customer": "追加项目不做，按原报价继续", "staff": "客户不做追加项目，请继续"}
    assert await running(rows, story.number) == {"resolution": "run", "legal": "run"}
    fields = await valid(story, "finish")  # type: ignore[arg-type]
    assert fields["charge_fen"] == 16000
    above = await story.ask(story.engineer, "finish", **fields | {"charge_fen": 24000})
    assert (above.status_code, above.json()["errors"][0]["code"]) == (422, "charge_above_approved")
    assert (await story.step(story.engineer, "finish", **fields))["state"] == "completed"
    assert await examine(rows) == []


async def test_refused_then_accepted(story: Story, rows: asyncpg.Connection) -> None:
    await varied(story)
    await story.step(story.customer, "decline_quote", quote_version=2)
    again = await story.step(story.engineer, "quote", lines=ONE)
    quote = again["quote"]
    assert (quote["version"], quote["variation"], quote["total_fen"]) == (3, True, 24000)
    assert [line["approved_before"] for line in quote["lines"]] == [True, False]
    await story.step(story.customer, "approve_quote", quote_version=3)
    states = await rows.fetch("SELECT state FROM quotes ORDER BY version")
    assert [row["state"] for row in states] == ["void", "declined", "approved"]
    await story.step(story.engineer, "finish", **await valid(story, "finish"))  # type: ignore[arg-type]
    assert await rows.fetchval("SELECT charge_fen FROM completions") == 24000
    assert await examine(rows) == []


async def test_of_a_first_quote_nothing_stands(story: Story) -> None:
    await story.on_site()
    await story.step(story.engineer, "quote", lines=ONE)
    nothing = await story.ask(story.customer, "decline_variation", quote_version=1)
    assert (nothing.status_code, nothing.json()["errors"][0]["code"]) == (409, "no_approved_quote")
    assert (await story.step(story.customer, "decline_quote", quote_version=1))["state"] == "unresolved"


async def test_silence_about_a_variation_leaves_the_repair_too(
    story: Story, rows: asyncpg.Connection
) -> None:
    await varied(story)
    story.clock.advance(hours=72)
    await story.sweep()
    seen = await story.see()
    assert (seen["state"], seen["quote"]["total_fen"]) == ("in_repair", 16000)
    events = await rows.fetch("SELECT event, actor_role FROM ticket_events ORDER BY seq DESC LIMIT 2")
    assert ("decline_variation", "system") in [tuple(row) for row in events]


async def test_a_revised_variation_still_adds_to_what_stands(story: Story) -> None:
    await varied(story)
    revised = await story.step(story.engineer, "revise_quote", lines=[{"code": "AC-GAS", "quantity": 3}])
    assert (revised["quote"]["version"], revised["quote"]["total_fen"]) == (3, 40000)
    refused = await story.step(story.customer, "decline_quote", quote_version=3)
    assert (refused["state"], refused["quote"]["total_fen"]) == ("in_repair", 16000)


async def test_while_a_variation_is_reviewed_the_customer_sees_what_stands(story: Story) -> None:
    await story.in_repair()
    await story.step(story.engineer, "quote", lines=[{"code": "AC-GAS", "quantity": 37}])
    seen = (await story.see())["quote"]
    assert (seen["version"], seen["state"], seen["total_fen"]) == (1, "approved", 16000)
    assert (await story.see(story.manager))["quote"]["state"] == "in_review"
    assert (await review(story, version=2)).status_code == 200
    assert (await story.see())["quote"]["total_fen"] == 312000


async def test_on_a_second_visit_what_was_agreed_on_the_first_still_stands(
    story: Story, rows: asyncpg.Connection
) -> None:
    await story.in_repair()
    await story.step(story.engineer, "need_parts", **await valid(story, "need_parts"))  # type: ignore[arg-type]
    await story.step(story.agent, "parts_ready")
    await story.step(story.customer, "book", **await valid(story, "book"))  # type: ignore[arg-type]
    await story.step(story.engineer, "depart")
    await story.step(story.engineer, "arrive", **bodies.HOME)
    more = await story.step(story.engineer, "quote", lines=ONE)
    assert (more["quote"]["variation"], more["quote"]["total_fen"]) == (True, 24000)
    refused = await story.step(story.customer, "decline_quote", quote_version=2)
    assert (refused["state"], refused["visit"]["state"]) == ("in_repair", "working")
    assert refused["quote"]["total_fen"] == 16000
    assert await examine(rows) == []


async def test_the_owner_alone_decides_and_on_the_newest_version(
    story: Story, stranger: Caller, colleague: Caller
) -> None:
    await varied(story)
    others = [stranger, colleague, story.engineer, story.agent, story.manager]
    for event in ("approve_quote", "decline_quote", "decline_variation"):
        answers = [await story.ask(who, event, quote_version=2) for who in others]
        assert [answer.status_code for answer in answers] == [404, 404, 403, 403, 403], event
        old = await story.ask(story.customer, event, quote_version=1)
        assert (old.status_code, old.json()["code"]) == (409, "quote_changed")
        assert old.json()["quote"] == {"version": 2, "state": "pending"}

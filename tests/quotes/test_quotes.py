"""What the customer is asked to pay, and that he pays that and nothing else."""

import asyncpg

from app.domain.lifecycle import State
from tests.tickets.story import Story
from tests.tickets.traces import last_event, sent
from tests.tickets.ways import reach, valid

GAS = {"code": "AC-GAS", "quantity": 1}


async def test_lines_come_from_the_price_table_of_the_category(story: Story) -> None:
    await story.on_site()
    for code in ("FR-SEAL", "NO-SUCH"):
        answer = await story.ask(story.engineer, "quote", lines=[{"code": code, "quantity": 1}])
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "body.lines")
        assert code in answer.json()["msg"]
    quoted = await story.step(story.engineer, "quote", lines=[GAS, GAS | {"quantity": 2}])
    (line,) = quoted["quote"]["lines"]
    assert (line["quantity"], line["amount_fen"], quoted["quote"]["total_fen"]) == (3, 24000, 24000)


async def test_a_quote_during_the_repair_adds_to_what_was_approved(
    story: Story, rows: asyncpg.Connection
) -> None:
    await story.in_repair()
    more = await story.step(story.engineer, "quote", lines=[GAS])
    assert (more["quote"]["version"], more["quote"]["total_fen"]) == (2, 24000)
    await story.step(story.customer, "approve_quote", quote_version=2)
    states = await rows.fetch("SELECT state FROM quotes ORDER BY version")
    assert [row["state"] for row in states] == ["void", "approved"]
    fields = await valid(story, "finish")  # type: ignore[arg-type]
    for charge in (16000, 24001, 0):
        wrong = await story.ask(story.engineer, "finish", **fields | {"charge_fen": charge})
        assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "body.charge_fen")
        assert "240.00" in wrong.json()["msg"]
    await story.step(story.engineer, "finish", **fields)
    assert await rows.fetchval("SELECT charge_fen FROM completions") == 24000


async def test_revising_an_addition_keeps_what_was_approved(story: Story) -> None:
    await story.in_repair()
    await story.step(story.engineer, "quote", lines=[GAS | {"quantity": 5}])
    revised = await story.step(story.engineer, "revise_quote", lines=[GAS])
    assert revised["quote"]["total_fen"] == 24000


async def test_the_customer_decides_on_the_version_that_he_saw(story: Story) -> None:
    await reach(story, State.QUOTE_PENDING)
    await story.step(story.engineer, "revise_quote", lines=[GAS])
    for event in ("approve_quote", "decline_quote"):
        old = await story.ask(story.customer, event, quote_version=1)
        assert (old.status_code, old.json()["code"]) == (409, "quote_changed")
    approved = await story.step(story.customer, "approve_quote", quote_version=2)
    assert (approved["quote"]["state"], approved["quote"]["total_fen"]) == ("approved", 8000)


async def test_a_large_quote_is_shown_to_a_manager(story: Story, rows: asyncpg.Connection) -> None:
    await story.on_site()
    await story.step(story.engineer, "quote", lines=[GAS | {"quantity": 38}])
    left = await last_event(rows, story.number)
    told = [m.recipient_id for m in await sent(rows, story.number, left.seq) if m.recipient == "staff"]
    assert told == [str(story.manager.person.id)]
    await story.step(story.engineer, "revise_quote", lines=[GAS | {"quantity": 37}])
    left = await last_event(rows, story.number)
    assert [m.recipient for m in await sent(rows, story.number, left.seq)] == ["customer"]


async def test_work_out_of_warranty_waits_for_a_quote(story: Story) -> None:
    await story.on_site()
    blocked = await story.ask(story.engineer, "start")
    assert (blocked.status_code, blocked.json()["errors"][0]["code"]) == (409, "quote_needed")
    await story.covered()
    assert (await story.step(story.engineer, "start"))["visit"]["state"] == "working"


async def test_a_disputed_repair_is_done_over_at_no_cost(story: Story, rows: asyncpg.Connection) -> None:
    await story.completed()
    await story.step(story.customer, "dispute", **await valid(story, "dispute"))  # type: ignore[arg-type]
    assert await rows.fetchval("SELECT warranty FROM tickets") == "in"


async def test_declining_and_reopening_makes_no_repair_free(story: Story, rows: asyncpg.Connection) -> None:
    await reach(story, State.QUOTE_PENDING)
    await story.step(story.customer, "decline_quote", quote_version=1)
    await story.step(story.customer, "accept_fail")
    await story.step(story.customer, "reopen", reason="还是想修")
    assert await rows.fetchval("SELECT warranty FROM tickets") == "unknown"

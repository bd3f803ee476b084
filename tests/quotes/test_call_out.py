"""What coming costs is told before the booking, and never grows."""

from datetime import date

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.lifecycle import State
from app.services.operations.doctor import examine
from tests.make import make_prices
from tests.make.prices import GAS
from tests.quotes.conftest import CALL_OUT, LABOUR
from tests.tickets.story import Story
from tests.tickets.traces import last_event, sent
from tests.tickets.ways import reach, valid

LINES = [{"code": "CALL-OUT", "quantity": 1}, {"code": "AC-L-FIX", "quantity": 1}]


async def test_it_is_told_with_the_ticket_the_slots_and_the_booking(
    charged: Story, rows: asyncpg.Connection
) -> None:
    await charged.accepted()
    told = (await charged.see())["call_out"]
    assert (told["fee_fen"], told["waived_when"]) == (8000, ["in_warranty"])
    assert told["text"] == "上门检测费 80.00 元，核实在保修期内则免收。"
    slots = (await charged.customer.get(f"/api/v1/tickets/{charged.number}/slots")).json()
    assert slots["call_out"] == told
    await charged.step(charged.customer, "book", **await valid(charged, "book"))  # type: ignore[arg-type]
    left = await last_event(rows, charged.number)
    hints = [m.slots["hint"] for m in await sent(rows, charged.number, left.seq) if m.recipient == "customer"]
    assert hints == ["请留人在家，上门检测费80元"]


async def test_in_warranty_it_is_free(charged: Story) -> None:
    await charged.submit()
    told = await charged.step(charged.agent, "triage", warranty="in")
    assert told["call_out"] == {
        "fee_fen": 0,
        "waived_when": ["in_warranty"],
        "empty_trip_fen": 0,
        "text": "保修期内免收上门检测费。",
    }


async def test_where_the_table_has_no_fee_there_is_none(story: Story) -> None:
    await story.accepted()
    assert (await story.see())["call_out"] == {
        "fee_fen": 0,
        "waived_when": [],
        "empty_trip_fen": 0,
        "text": "本次上门不收上门费。",
    }


async def test_it_does_not_grow_with_the_price_table(charged: Story, session: AsyncSession) -> None:
    await charged.on_site()
    dearer = CALL_OUT | {"unit_price_fen": 20000}
    await make_prices(session, GAS, LABOUR, dearer, valid_from=date(2026, 6, 1))
    assert (await charged.see())["call_out"]["fee_fen"] == 8000
    quoted = await charged.step(charged.engineer, "quote", lines=LINES)
    assert [line["amount_fen"] for line in quoted["quote"]["lines"]] == [8000, 10000]


async def test_what_was_not_told_is_not_charged(charged: Story, rows: asyncpg.Connection) -> None:
    await charged.on_site()
    await rows.execute("UPDATE tickets SET call_out_fen = NULL")
    refused = await charged.ask(charged.engineer, "quote", lines=LINES)
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "call_out_not_told")


async def test_it_is_charged_once(charged: Story) -> None:
    await charged.on_site()
    twice = await charged.ask(charged.engineer, "quote", lines=[LINES[0] | {"quantity": 2}])
    assert twice.json()["errors"][0]["code"] == "call_out_once"
    await charged.step(charged.engineer, "quote", lines=LINES)
    await charged.step(charged.customer, "approve_quote", quote_version=1)
    again = await charged.ask(charged.engineer, "quote", lines=[LINES[0]])
    assert (again.status_code, again.json()["errors"][0]["code"]) == (422, "call_out_once")


async def test_who_has_it_repaired_does_not_pay_for_coming_where_the_table_says_so(
    story: Story, session: AsyncSession
) -> None:
    await make_prices(session, GAS, LABOUR, CALL_OUT | {"waived_with_repair": True})
    await story.on_site()
    assert (await story.see())["call_out"]["text"].startswith("上门检测费 50.00 元，同意维修则免收")
    quoted = await story.step(story.engineer, "quote", lines=LINES)
    (fee, _) = quoted["quote"]["lines"]
    assert (fee["unit_price_fen"], fee["amount_fen"], quoted["quote"]["total_fen"]) == (5000, 0, 10000)


async def test_declining_a_first_quote_costs_what_was_told(charged: Story, rows: asyncpg.Connection) -> None:
    await charged.on_site()
    await charged.step(charged.engineer, "quote", lines=LINES)
    await charged.step(charged.customer, "decline_quote", quote_version=1)
    left = await last_event(rows, charged.number)
    assert (left.text, left.data["call_out_fen"]) == ("客户未同意报价，收取上门检测费 80.00 元", 8000)
    receipt = (await charged.customer.get(f"/api/v1/tickets/{charged.number}/receipt")).json()
    assert (receipt["kind"], receipt["total_fen"], receipt["call_out_fen"]) == ("inspection", 8000, 8000)
    assert receipt["warranties"] == []
    await charged.step(charged.manager, "follow_up")
    assert await examine(rows) == []


async def test_cancelling_what_was_quoted_is_declining_it(charged: Story, rows: asyncpg.Connection) -> None:
    await reach(charged, State.QUOTE_PENDING)
    cancelled = await charged.step(charged.customer, "cancel", reason_code="price")
    assert cancelled["state"] == "cancelled"
    left = await last_event(rows, charged.number)
    assert left.text == "已取消：价格原因，收取上门检测费 80.00 元"
    assert await rows.fetchval("SELECT total_fen FROM receipts") == 8000
    assert await examine(rows) == []


async def test_when_we_cancel_it_costs_nothing(charged: Story, rows: asyncpg.Connection) -> None:
    await reach(charged, State.QUOTE_PENDING)
    await charged.step(charged.agent, "cancel", reason_code="other")
    assert await rows.fetchval("SELECT count(*) FROM receipts") == 0


@pytest.mark.parametrize(
    ("change", "fee"),
    [("warranty = 'in'", 0), ("call_out_fen = NULL", 0), ("call_out_fen = 3000", 3000)],
    ids=["in warranty", "not told", "told less"],
)
async def test_no_more_than_that(charged: Story, rows: asyncpg.Connection, change: str, fee: int) -> None:
    await reach(charged, State.QUOTE_PENDING)
    await rows.execute(f"UPDATE tickets SET {change}")  # noqa: S608
    await charged.step(charged.customer, "decline_quote", quote_version=1)
    assert await rows.fetchval("SELECT coalesce(sum(total_fen), 0) FROM receipts") == fee

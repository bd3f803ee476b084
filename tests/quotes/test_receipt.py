"""The receipt: what was done and charged, as it was; one for each time."""

import hashlib
from typing import Any

import asyncpg
import pytest

from app.services.operations.doctor import examine
from tests.harness.callers import Caller
from tests.tickets.story import Story
from tests.tickets.ways import valid

LINES = [
    {"code": "CALL-OUT", "quantity": 1},
    {"code": "AC-L-FIX", "quantity": 1},
    {"code": "AC-GAS", "quantity": 2},
]


async def receipt(story: Story, who: Caller | None = None, **query: int) -> Any:
    return await (who or story.customer).get(f"/api/v1/tickets/{story.number}/receipt", params=query)


async def repaired(story: Story, lines: list[dict[str, Any]], **over: Any) -> None:
    await story.on_site()
    await story.step(story.engineer, "quote", lines=lines)
    await story.step(story.customer, "approve_quote", quote_version=1)
    fields = await valid(story, "finish")  # type: ignore[arg-type]
    await story.step(story.engineer, "finish", **fields | over)


async def test_it_says_all_that_the_law_and_the_customer_want(
    charged: Story, rows: asyncpg.Connection
) -> None:
    discounted = [*LINES[:2], LINES[2] | {"discount_fen": 1000, "discount_reason": "会员优惠"}]
    await charged.submit()
    assert (await receipt(charged)).status_code == 404
    parts = [{"name": "R32 冷媒", "quantity": 2}]
    await repaired(charged, discounted, parts=parts, old_parts="returned_to_customer")
    told = (await receipt(charged)).json()
    assert told["number"] == charged.number
    assert [(line["name"], line["amount_fen"], line["discount_reason"]) for line in told["lines"]] == [
        ("上门检测费", 8000, ""),
        ("检修工时", 10000, ""),
        ("R32 冷媒", 15000, "会员优惠"),
    ]
    assert (told["discount_fen"], told["total_fen"], told["call_out_fen"]) == (1000, 33000, 8000)
    assert (told["done"], told["engineer"]) == ("补充冷媒", "陈师傅")
    assert told["employee_no"]
    assert told["parts"] == [{"name": "R32 冷媒", "quantity": 2, "code": "", "serial_number": ""}]
    assert told["old_parts"] == "旧件已交还客户"
    assert told["warranties"] == [
        {"name": "检修工时", "days": 90, "until": "2026-09-13"},
        {"name": "R32 冷媒", "days": 90, "until": "2026-09-13"},
    ]
    assert told["complaint_phone"] == "400-820-1237"
    assert "发票" in told["invoice"]
    document = await rows.fetchval("SELECT document FROM receipts")
    assert told["sha256"] == hashlib.sha256(document.encode()).hexdigest()
    assert await examine(rows) == []


async def test_those_who_see_the_ticket_see_it(charged: Story, stranger: Caller) -> None:
    await repaired(charged, LINES)
    people = (charged.customer, charged.engineer, charged.agent, charged.manager, stranger)
    assert [(await receipt(charged, who)).status_code for who in people] == [200, 200, 200, 200, 404]


async def test_less_may_be_charged_with_a_reason_and_never_more(
    charged: Story, rows: asyncpg.Connection
) -> None:
    await charged.on_site()
    await charged.step(charged.engineer, "quote", lines=LINES)
    await charged.step(charged.customer, "approve_quote", quote_version=1)
    fields = await valid(charged, "finish")  # type: ignore[arg-type]
    for charge, reason, code in (
        (33000, "", "charge_differs"),
        (34001, "", "charge_above_approved"),
        (34001, "加急", "charge_above_approved"),
    ):
        body = fields | {"charge_fen": charge, "charge_reason": reason}
        answer = await charged.ask(charged.engineer, "finish", **body)
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, code)
    await charged.step(
        charged.engineer, "finish", **fields | {"charge_fen": 5000, "charge_reason": "等候过久，致歉"}
    )
    told = (await receipt(charged)).json()
    assert (told["total_fen"], told["discount_fen"], told["charge_reason"]) == (5000, 29000, "等候过久，致歉")
    assert told["call_out_fen"] == 5000
    assert await examine(rows) == []


async def test_in_warranty_it_costs_nothing_unless_there_is_a_cause(charged: Story) -> None:
    await charged.on_site()
    await charged.covered()
    free = await charged.step(charged.engineer, "quote", lines=LINES)
    assert free["quote"]["total_fen"] == 0
    assert {line["discount_reason"] for line in free["quote"]["lines"]} == {
        "保修期内免费",
        "按预约时的约定免收",
    }
    caused = [LINES[0], LINES[1] | {"not_covered": "accident"}, LINES[2]]
    revised = await charged.step(charged.engineer, "revise_quote", lines=caused)
    assert revised["quote"]["total_fen"] == 10000
    assert [line["not_covered"] for line in revised["quote"]["lines"]] == [None, "accident", None]
    await charged.step(charged.customer, "approve_quote", quote_version=2)
    await charged.step(charged.engineer, "finish", **await valid(charged, "finish"))  # type: ignore[arg-type]
    told = (await receipt(charged)).json()
    assert [line["not_covered"] for line in told["lines"]] == ["", "外力、进水等意外", ""]
    shown = (await charged.customer.get(f"/h5/tickets/{charged.number}/receipt")).text
    assert "保修外：外力、进水等意外" in shown


async def test_a_rework_has_a_receipt_of_its_own(charged: Story, rows: asyncpg.Connection) -> None:
    await repaired(charged, LINES)
    first = (await receipt(charged)).json()
    await charged.step(charged.customer, "dispute", **await valid(charged, "dispute"))  # type: ignore[arg-type]
    assert (await receipt(charged)).json() == first
    await charged.sweep()
    await charged.step(charged.engineer, "accept")
    await charged.step(charged.customer, "book", **await valid(charged, "book"))  # type: ignore[arg-type]
    await charged.step(charged.engineer, "depart")
    await charged.step(charged.engineer, "arrive", latitude=31.2310, longitude=121.5440)
    await charged.step(charged.engineer, "start")
    await charged.step(charged.engineer, "finish", **await valid(charged, "finish"))  # type: ignore[arg-type]
    second = (await receipt(charged)).json()
    assert (second["issue"], second["issues"], second["total_fen"]) == (2, 2, 0)
    # Doing it over begins nothing anew.
    assert second["warranties"] == first["warranties"]
    assert (await receipt(charged, issue=1)).json() == first | {"issues": 2}
    assert (await receipt(charged, issue=3)).status_code == 404
    assert await examine(rows) == []


async def test_what_was_written_stays(charged: Story, rows: asyncpg.Connection) -> None:
    await repaired(charged, LINES)
    with pytest.raises(asyncpg.IntegrityConstraintViolationError):
        await rows.execute("UPDATE receipts SET total_fen = 1")


async def test_it_can_be_shown_and_printed(charged: Story) -> None:
    await repaired(charged, LINES)
    page = f"/h5/tickets/{charged.number}"
    assert f"{page}/receipt" in (await charged.customer.get(page)).text
    shown = (await charged.customer.get(f"{page}/receipt")).text
    for words in (
        "340.00 元",
        "检修工时",
        "陈师傅",
        "投诉电话",
        "90 天，至 2026-09-13",
        "没有更换下来的旧件",
    ):
        assert words in shown


async def test_a_discount_has_a_reason_and_an_end(charged: Story) -> None:
    await charged.on_site()
    for extra in ({"discount_fen": 100}, {"discount_fen": 16001, "discount_reason": "优惠"}):
        answer = await charged.ask(charged.engineer, "quote", lines=[LINES[2] | extra])
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"].startswith("body.")

"""A repair as it goes when much goes otherwise than planned, through HTTP and in the order in which it happens."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Engineer
from app.services.operations.doctor import examine
from tests.harness.callers import Caller
from tests.make import make_part, make_roster
from tests.tickets import bodies
from tests.tickets.story import SCORES, Story

LABEL = "品牌：洱澜\n型号：KFR-35GW/EL1\n机号: EL25C00012345"
CAPACITOR = {"code": "AC-CAP", "quantity": 1}


async def ticket(who: Caller, number: str, what: str = "") -> dict[str, Any]:
    answer = await who.get(f"/api/v1/tickets/{number}{what}")
    assert answer.status_code == 200, answer.text
    return Story.as_dict(answer)


async def come(story: Story, engineer: Caller) -> None:
    """On the day, to the door."""
    await story.step(engineer, "depart", **bodies.HOME)
    await story.step(engineer, "arrive", **bodies.HOME)


async def show(story: Story, engineer: Caller) -> None:
    for purpose in ("before", "after"):
        await story.photo(engineer, purpose)


async def test_a_repair_in_the_life(
    pair: Story,
    colleague: Caller,
    session: AsyncSession,
    rows: asyncpg.Connection,
    plan: Callable[[], Awaitable[int]],
) -> None:
    chen, zhao, customer = pair.engineer, colleague, pair.customer
    await make_part(session)

    # The customer scans the label and reports.
    label = (await customer.post("/api/v1/labels", json={"text": LABEL})).json()
    named = {word: label[word] for word in ("brand", "model", "serial_number", "category")}
    assert named["model"] == "KFR-35GW/EL1"
    await pair.submit(**named)

    # It is offered to Chen, who takes it; the customer chooses one of the windows that he is shown.
    await pair.sweep()
    await pair.step(chen, "accept")
    shown = await ticket(customer, pair.number, "/slots")
    assert shown["call_out"]["text"]
    slot = shown["items"][0]
    window = {"start": slot["start"], "end": slot["end"]}
    await pair.step(customer, "book", window=window)

    # Chen falls sick; Zhao comes instead, in the same window.
    now = pair.clock.now
    sick = {"kind": "sick", "start": now.isoformat(), "end": (now + timedelta(days=2)).isoformat()}
    hit = (await pair.manager.post(f"/api/v1/engineers/{chen.person.id}/absences", json=sick)).json()
    assert [visit["number"] for visit in hit["visits"]] == [pair.number]
    await plan()
    seen = await pair.see()
    begins = datetime.fromisoformat(slot["start"])
    assert seen["engineer"]["name"] == "赵师傅"
    assert datetime.fromisoformat(seen["visit"]["start"]) == begins
    pair.clock.now = begins

    # A quote, approved; a variation, refused without harm and then accepted.
    await come(pair, zhao)
    quoted = await pair.step(zhao, "quote", lines=[{"code": "AC-GAS", "quantity": 2}])
    await pair.step(customer, "approve_quote", quote_version=quoted["quote"]["version"])
    more = await pair.step(zhao, "quote", lines=[{"code": "AC-GAS", "quantity": 3}])
    refused = await pair.step(customer, "decline_quote", quote_version=more["quote"]["version"])
    assert (refused["state"], refused["quote"]["total_fen"]) == ("in_repair", 16000)
    more = await pair.step(zhao, "quote", lines=[{"code": "AC-GAS", "quantity": 1}])
    agreed = await pair.step(customer, "approve_quote", quote_version=more["quote"]["version"])
    assert (agreed["state"], agreed["quote"]["total_fen"]) == ("in_repair", 24000)

    # A part is missing; the customer follows it until it has come.
    due = (pair.clock.now + timedelta(days=3)).isoformat()
    await pair.step(zhao, "need_parts", parts=[CAPACITOR], due_at=due)
    (order,) = (await ticket(pair.agent, pair.number, "/parts"))["orders"]
    url = f"/api/v1/part-orders/{order['id']}"
    sent = {"carrier": "顺丰", "tracking_number": "SF1234567890"}
    assert (await pair.agent.patch(url, json=sent)).status_code == 200
    (awaited,) = (await pair.see())["parts_waiting"]
    assert (awaited["name"], awaited["tracking_number"]) == ("启动电容 35μF", "SF1234567890")
    pair.clock.advance(days=2)
    assert (await pair.agent.patch(url, json={"state": "arrived"})).status_code == 200
    received = {
        "kind": "receive",
        "place": {"kind": "van", "id": str(zhao.person.id)},
        "lines": [{"part_code": "AC-CAP", "quantity": 1}],
    }
    assert (await pair.agent.post("/api/v1/stock/movements", json=received)).status_code == 201

    # The second visit: what was agreed stands, the work is shown, the part is fitted.
    assert (await pair.see())["state"] == "accepted"
    await pair.step(customer, "book", window=bodies.window(pair.clock.now, days=1))
    pair.clock.advance(days=1)
    await come(pair, zhao)
    await pair.step(zhao, "start")
    done: dict[str, Any] = {
        "fault_code": "F01",
        "solution": "更换启动电容并补充冷媒",
        "parts": [CAPACITOR],
        "old_parts": "returned_to_customer",
        "charge_fen": 24000,
    }
    bare = await pair.ask(zhao, "finish", **done)
    assert {error["code"] for error in bare.json()["errors"]} == {
        "photo_before_missing",
        "photo_after_missing",
    }
    await show(pair, zhao)
    await pair.step(zhao, "finish", **done)
    visits = (await ticket(customer, pair.number, "/visits"))["items"]
    assert [(visit["engineer"]["name"], visit["state"]) for visit in visits] == [
        ("赵师傅", "done"),
        ("赵师傅", "done"),
    ]

    # The customer looks at before and after, confirms, and has a receipt with the warranty of the work.
    await pair.step(customer, "confirm")
    evidence = await ticket(customer, pair.number, "/evidence")
    assert evidence["sealed_at"] is not None
    receipt = await ticket(customer, pair.number, "/receipt")
    assert (receipt["total_fen"], receipt["engineer"]) == (24000, "赵师傅")
    until = {each["name"]: each["until"] for each in receipt["warranties"]}
    assert set(until) >= {"本次维修", "启动电容 35μF"}
    await pair.step(customer, "rate_or_expire", **SCORES)

    # The fault comes back inside the warranty: free rework, which begins no period anew.
    pair.clock.advance(days=20)
    helper = await session.get_one(Engineer, zhao.person.id)
    for day in range(4):
        await make_roster(session, helper, (pair.clock.now + timedelta(days=day)).date(), start=8, end=20)
    again = await pair.step(customer, "reopen", reason="又不制冷了")
    assert (again["state"], again["warranty_decision"]["covers"]) == ("dispatching", "repair")
    await pair.sweep()
    await pair.step(zhao, "accept")
    await pair.step(customer, "book", window=bodies.window(pair.clock.now, days=1))
    pair.clock.advance(days=1)
    await come(pair, zhao)
    await pair.step(zhao, "start")
    old_photos = await pair.ask(zhao, "finish", **done | {"parts": [], "old_parts": "none", "charge_fen": 0})
    assert old_photos.status_code == 409
    await show(pair, zhao)
    await pair.step(zhao, "finish", **done | {"parts": [], "old_parts": "none", "charge_fen": 0})
    rework = await ticket(customer, pair.number, "/receipt")
    assert (rework["issue"], rework["total_fen"]) == (2, 0)
    assert {each["name"]: each["until"] for each in rework["warranties"]}["本次维修"] == until["本次维修"]
    assert await examine(rows) == []

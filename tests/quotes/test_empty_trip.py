"""Coming at the agreed time in vain: told before the booking, charged with evidence only, let off with a reason."""

from typing import Any

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.services.operations.doctor import examine
from tests.harness.callers import Caller
from tests.make import make_prices
from tests.make.prices import GAS
from tests.quotes.conftest import CALL_OUT
from tests.tickets import bodies
from tests.tickets.story import Story
from tests.tickets.traces import last_event, sent

IN_VAIN = CALL_OUT | {"code": "CALL-EMPTY", "kind": "empty_trip", "name": "上门空跑费"}
TOLD = "工程师出发后您取消，或约好的时间家里没人、电话也联系不上时，收取上门空跑费 30.00 元。"


@pytest.fixture
async def told(story: Story, session: AsyncSession) -> Story:
    """A town where coming in vain costs something, and less in Shanghai."""
    await make_prices(session, GAS, CALL_OUT, IN_VAIN, overrides=(("CALL-EMPTY", "上海市", 3000),))
    return story


async def hints(rows: asyncpg.Connection, story: Story) -> list[str]:
    left = await last_event(rows, story.number)
    pushes = await sent(rows, story.number, left.seq)
    return [push.slots["hint"] for push in pushes if push.recipient == "customer"]


async def at_the_door(story: Story) -> None:
    """On the way, and the promised time has begun."""
    await story.scheduled()
    story.clock.now = story.clock.now.replace(hour=6)
    await story.step(story.engineer, "depart")


async def nobody(story: Story, *results: str, minutes: int = 0) -> dict[str, Any]:
    """How the visit is told after calls with these results."""
    story.clock.advance(minutes=minutes)
    calls = [{"at": story.clock.now.isoformat(), "result": result} for result in results]
    photo = await story.photo(story.engineer, "no_access")
    await story.step(story.engineer, "no_access", attachment_ids=[photo], calls=calls)
    visits = (await story.customer.get(f"/api/v1/tickets/{story.number}/visits")).json()["items"]
    last: dict[str, Any] = visits[-1]
    return last


async def waive(story: Story, who: Caller, trip: str, **headers: str) -> Any:
    url = f"/api/v1/tickets/{story.number}/empty-trips/{trip}/waiver"
    return await who.post(url, json={"reason": "客户临时送医"}, headers=headers)


async def test_it_is_told_before_the_booking_and_again_the_evening_before(
    told: Story, rows: asyncpg.Connection
) -> None:
    await told.accepted()
    shown = (await told.see())["call_out"]
    assert (shown["empty_trip_fen"], shown["text"].endswith(TOLD)) == (3000, True)
    slots = (await told.customer.get(f"/api/v1/tickets/{told.number}/slots")).json()
    assert slots["call_out"] == shown
    prices = (await told.customer.get("/api/v1/prices", params={"city": "上海市"})).json()["items"]
    assert [each["unit_price_fen"] for each in prices if each["kind"] == "empty_trip"] == [3000]
    await told.step(told.customer, "book", window=bodies.window(told.clock.now, days=1))
    assert await hints(rows, told) == ["请留人在家，检测费50元，空跑费30元"]
    told.clock.advance(hours=8)
    await told.sweep()
    assert await hints(rows, told) == ["明天请留人，未遇收空跑费30元"]
    link = await rows.fetchval("SELECT link FROM visits WHERE link IS NOT NULL")
    assert TOLD in (await told.customer.get(f"/h5/visits/{link}")).text


async def test_a_closed_door_at_the_agreed_time_is_charged_with_a_receipt(
    told: Story, rows: asyncpg.Connection
) -> None:
    await at_the_door(told)
    visit = await nobody(told, "no_answer", "switched_off")
    assert (visit["empty_trip"]["fee_fen"], visit["empty_trip"]["waived_at"]) == (3000, None)
    assert visit["ended"]["text"].endswith("收取上门空跑费 30.00 元")
    assert await hints(rows, told) == ["到访未遇，收空跑费30元，请重新约"]
    receipt = (await told.customer.get(f"/api/v1/tickets/{told.number}/receipt")).json()
    assert (receipt["kind"], receipt["total_fen"], receipt["due_fen"]) == ("empty_trip", 3000, 3000)
    assert [(line["name"], line["amount_fen"]) for line in receipt["lines"]] == [("上门空跑费", 3000)]
    assert "上门空跑收据" in (await told.customer.get(f"/h5/tickets/{told.number}/receipt")).text
    assert await examine(rows) == []


@pytest.mark.parametrize(
    ("results", "minutes", "why"),
    [
        (("no_answer", "answered"), 0, "已与客户通话"),
        (("no_answer", "wrong_number"), 0, "没有 2 次打给客户的未接通话"),
        (("no_answer", "no_answer"), 300, "不在约定的时间内到访"),
    ],
)
async def test_without_proof_that_it_was_the_customer_nothing_is_charged(
    told: Story, rows: asyncpg.Connection, results: tuple[str, str], minutes: int, why: str
) -> None:
    await at_the_door(told)
    visit = await nobody(told, *results, minutes=minutes)
    assert visit["empty_trip"] is None
    left = await last_event(rows, told.number)
    assert (left.data["empty_trip_fen"], left.data["empty_trip_why"]) == (0, why)
    assert (await told.customer.get(f"/api/v1/tickets/{told.number}/receipt")).status_code == 404


async def test_what_was_not_told_is_not_charged_and_it_never_grows(
    told: Story, session: AsyncSession, rows: asyncpg.Connection
) -> None:
    await at_the_door(told)
    await make_prices(session, GAS, CALL_OUT, IN_VAIN)
    assert (await nobody(told, "no_answer", "busy"))["empty_trip"]["fee_fen"] == 3000
    await rows.execute("UPDATE tickets SET empty_trip_fen = 0")
    booking = {"window": bodies.window(told.clock.now, days=1)}
    await told.step(told.customer, "book", **booking)
    told.clock.advance(days=1)
    await told.step(told.engineer, "depart")
    assert (await nobody(told, "no_answer", "busy"))["empty_trip"] is None


async def test_no_quote_asks_for_it(told: Story) -> None:
    await told.on_site()
    refused = await told.ask(told.engineer, "quote", lines=[{"code": "CALL-EMPTY", "quantity": 1}])
    assert refused.json()["errors"][0]["code"] == "empty_trip_on_quote"


async def test_a_manager_lets_him_off_once_and_says_why(told: Story, rows: asyncpg.Connection) -> None:
    await at_the_door(told)
    trip = (await nobody(told, "no_answer", "rejected"))["empty_trip"]["id"]
    for who, status in ((told.agent, 403), (told.engineer, 403), (told.customer, 403)):
        assert (await waive(told, who, trip)).status_code == status
    assert (await waive(told, told.manager, "4711")).status_code == 404
    unsaid = await told.manager.post(
        f"/api/v1/tickets/{told.number}/empty-trips/{trip}/waiver", json={"reason": " "}
    )
    assert unsaid.json()["errors"][0]["field"] == "body.reason"
    key = {"Idempotency-Key": "one-tap"}
    first, again = [await waive(told, told.manager, trip, **key) for _ in range(2)]
    assert (first.status_code, first.json()) == (201, again.json())
    assert await hints(rows, told) == ["空跑费30元已为您免收"]
    assert (await waive(told, told.manager, trip)).json()["code"] == "empty_trip_waived"
    receipt = (await told.customer.get(f"/api/v1/tickets/{told.number}/receipt")).json()
    assert (receipt["total_fen"], receipt["due_fen"]) == (3000, 0)
    assert receipt["waived_reason"] == "客户临时送医"
    assert "已免收" in (await told.customer.get(f"/h5/tickets/{told.number}/receipt")).text
    assert await examine(rows) == []


async def test_the_console_shows_it_and_lets_a_manager_waive_it(told: Story) -> None:
    await at_the_door(told)
    trip = (await nobody(told, "no_answer", "busy"))["empty_trip"]["id"]
    page, form = f"/console/tickets/{told.number}", {"reason": "客户临时送医"}
    assert "确认免收" in (await told.manager.get(page)).text
    assert "确认免收" not in (await told.agent.get(page)).text
    url = f"{page}/empty-trips/{trip}/waiver"
    assert (await told.agent.post(url, data=form)).status_code == 403
    assert (await told.manager.post(url, data={"reason": " "})).status_code == 422
    assert (await told.manager.post(url, data=form)).status_code == 303
    assert "已免收：客户临时送医" in (await told.manager.get(page)).text


@pytest.mark.parametrize(("reason", "fee_fen"), [("changed_mind", 3000), ("too_slow", 0)])
async def test_cancelled_on_the_way_costs_what_was_told_where_it_is_his_wish(
    told: Story, rows: asyncpg.Connection, reason: str, fee_fen: int
) -> None:
    await at_the_door(told)
    await told.step(told.agent, "cancel", reason_code=reason)
    left = await last_event(rows, told.number)
    assert (left.data["empty_trip_fen"], "空跑费 30.00 元" in left.text) == (fee_fen, bool(fee_fen))
    receipt = await told.customer.get(f"/api/v1/tickets/{told.number}/receipt")
    assert receipt.status_code == (200 if fee_fen else 404)
    assert not fee_fen or receipt.json()["total_fen"] == fee_fen
    assert await examine(rows) == []


async def test_cancelled_before_he_sets_out_costs_nothing(told: Story, rows: asyncpg.Connection) -> None:
    await told.scheduled()
    await told.step(told.agent, "cancel", reason_code="changed_mind")
    assert "empty_trip_fen" not in (await last_event(rows, told.number)).data

"""The price table in versions: drafted, published, and from then on what it was."""

from datetime import date, timedelta
from typing import Any

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from tests.harness.callers import Caller
from tests.make import make_prices
from tests.make.prices import GAS
from tests.quotes.conftest import CALL_OUT
from tests.tickets.story import Story

LISTS = "/api/v1/price-lists"
TODAY = "2026-06-15"


def item(**over: Any) -> dict[str, Any]:
    return {
        "kind": "part",
        "category": "空调",
        "name": "R32 冷媒",
        "unit": "百克",
        "unit_price_fen": 9000,
    } | over


async def draft(manager: Caller) -> int:
    answer = await manager.post(LISTS, json={"note": "旺季调价"})
    assert answer.status_code == 201, answer.text
    version: int = answer.json()["version"]
    return version


async def prices(caller: Caller, **query: str) -> dict[str, int]:
    answer = await caller.get("/api/v1/prices", params=query)
    assert answer.status_code == 200, answer.text
    return {each["code"]: each["unit_price_fen"] for each in answer.json()["items"]}


async def test_the_table_is_public_with_warranty_and_number_for_complaints(
    client: Caller, session: AsyncSession
) -> None:
    empty = (await client.get("/api/v1/prices")).json()
    assert (empty["version"], empty["items"], empty["complaint_phone"]) == (None, [], "")
    fridge = GAS | {"code": "FR-SEAL", "category": "冰箱"}
    overrides = (("AC-GAS", "上海市", 9500), ("AC-GAS", "昆明市", 7000))
    await make_prices(session, GAS, fridge, CALL_OUT, overrides=overrides, complaint_phone="400-820-1237")
    told = (await client.get("/api/v1/prices", params={"category": "空调", "city": "上海市"})).json()
    assert (told["version"], told["valid_from"], told["complaint_phone"]) == (1, "2020-01-01", "400-820-1237")
    assert {each["code"]: each["unit_price_fen"] for each in told["items"]} == {
        "AC-GAS": 9500,
        "CALL-OUT": 5000,
    }
    assert told["items"][0]["warranty_days"] == 0
    assert (await prices(client, city="北京市"))["AC-GAS"] == 8000
    assert set(await prices(client)) == {"AC-GAS", "FR-SEAL", "CALL-OUT"}


async def test_a_draft_begins_as_a_copy_and_is_seen_by_nobody_until_published(
    client: Caller, as_manager: Caller, session: AsyncSession
) -> None:
    await make_prices(
        session, GAS, CALL_OUT, overrides=(("AC-GAS", "上海市", 9500),), complaint_phone="95100"
    )
    version = await draft(as_manager)
    copied = (await as_manager.get(f"{LISTS}/{version}")).json()
    assert [(line["code"], line["city_prices"]) for line in copied["items"]] == [
        ("CALL-OUT", {}),
        ("AC-GAS", {"上海市": 9500}),
    ]
    assert copied["complaint_phone"] == "95100"
    url = f"{LISTS}/{version}/items"
    assert (await as_manager.put(f"{url}/AC-GAS", json=item(city_prices={"昆明市": 6000}))).status_code == 200
    assert (await as_manager.put(f"{url}/AC-CAP", json=item(name="电容", part_code="P-1"))).status_code == 200
    assert (await as_manager.delete(f"{url}/CALL-OUT")).status_code == 204
    terms = {"complaint_phone": "400-820-1237", "note": "旺季调价"}
    assert (await as_manager.put(f"{LISTS}/{version}", json=terms)).json()[
        "complaint_phone"
    ] == "400-820-1237"
    assert await prices(client, city="上海市") == {"AC-GAS": 9500, "CALL-OUT": 5000}
    done = await as_manager.post(f"{LISTS}/{version}/publish", json={"valid_from": TODAY})
    assert (done.status_code, done.json()["valid_from"]) == (200, TODAY)
    assert await prices(client, city="上海市") == {"AC-GAS": 9000, "AC-CAP": 9000}
    assert await prices(client, city="昆明市") == {"AC-GAS": 6000, "AC-CAP": 9000}
    assert [each["version"] for each in (await as_manager.get(LISTS)).json()["items"]] == [2, 1]


async def test_a_published_list_comes_into_force_on_its_day_in_china(
    story: Story, as_manager: Caller, client: Caller
) -> None:
    version = await draft(as_manager)
    await as_manager.put(f"{LISTS}/{version}/items/AC-GAS", json=item())
    await as_manager.post(f"{LISTS}/{version}/publish", json={"valid_from": "2026-06-20"})
    story.clock.now = story.clock.now.replace(day=19, hour=15, minute=59)
    assert (await prices(client))["AC-GAS"] == 8000
    story.clock.advance(minutes=1)
    assert (await prices(client))["AC-GAS"] == 9000


async def test_what_is_published_never_changes(
    as_manager: Caller, session: AsyncSession, rows: asyncpg.Connection
) -> None:
    await make_prices(session, GAS, overrides=(("AC-GAS", "上海市", 9500),))
    refused = [
        await as_manager.put(f"{LISTS}/1/items/AC-GAS", json=item()),
        await as_manager.delete(f"{LISTS}/1/items/AC-GAS"),
        await as_manager.put(f"{LISTS}/1", json={"complaint_phone": "95100"}),
        await as_manager.post(f"{LISTS}/1/publish", json={"valid_from": TODAY}),
    ]
    assert {(each.status_code, each.json()["code"]) for each in refused} == {(409, "price_list_published")}
    for statement in (
        "UPDATE price_items SET unit_price_fen = 1",
        "DELETE FROM price_overrides",
        "INSERT INTO price_overrides VALUES (1, 'AC-GAS', '昆明市', 1)",
        "UPDATE price_lists SET valid_from = '2020-02-02'",
    ):
        with pytest.raises(asyncpg.IntegrityConstraintViolationError):
            async with rows.transaction():
                await rows.execute(statement)


async def test_there_is_one_draft_and_a_repeated_request_is_one(
    as_manager: Caller, session: AsyncSession
) -> None:
    await make_prices(session)
    key = {"Idempotency-Key": "k-1"}
    first, again = [await as_manager.post(LISTS, json={}, headers=key) for _ in range(2)]
    assert (first.status_code, first.json()) == (201, again.json())
    other = await as_manager.post(LISTS, json={})
    assert (other.status_code, other.json()["code"], other.json()["version"]) == (409, "draft_exists", 2)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (item(unit_price_fen=-1), "body.unit_price_fen"),
        (item(kind="labour", part_code="P-1"), "body"),
        (item(waived_with_repair=True), "body"),
        (item(city_prices={"": 1}), "body.city_prices."),
    ],
    ids=["below nothing", "a part that is none", "a waiver of parts", "no city"],
)
async def test_an_item_that_makes_no_sense_is_refused(
    as_manager: Caller, session: AsyncSession, body: dict[str, Any], field: str
) -> None:
    await make_prices(session)
    version = await draft(as_manager)
    answer = await as_manager.put(f"{LISTS}/{version}/items/AC-GAS", json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"].startswith(field)


async def test_nobody_is_told_a_price_afterwards(as_manager: Caller, session: AsyncSession) -> None:
    await make_prices(session)
    version = await draft(as_manager)
    yesterday = (date.fromisoformat(TODAY) - timedelta(days=1)).isoformat()
    answer = await as_manager.post(f"{LISTS}/{version}/publish", json={"valid_from": yesterday})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "body.valid_from")
    empty = await as_manager.delete(f"{LISTS}/{version}/items/AC-GAS")
    assert empty.status_code == 204
    answer = await as_manager.post(f"{LISTS}/{version}/publish", json={"valid_from": TODAY})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "empty")
    assert (await as_manager.get(f"{LISTS}/9")).status_code == 404


async def test_a_quote_keeps_the_prices_and_the_version_that_it_was_made_from(
    story: Story, session: AsyncSession, rows: asyncpg.Connection
) -> None:
    await story.in_repair()
    await make_prices(session, GAS | {"unit_price_fen": 9900}, valid_from=date(2026, 1, 1))
    more = await story.step(story.engineer, "quote", lines=[{"code": "AC-GAS", "quantity": 1}])
    assert [line["unit_price_fen"] for line in more["quote"]["lines"]] == [8000, 9900]
    kept = await rows.fetch("SELECT price_list_version, lines FROM quotes ORDER BY version")
    assert [row["price_list_version"] for row in kept] == [1, 2]
    assert [line["list_version"] for line in kept[1]["lines"]] == [1, 2]


async def test_a_line_costs_what_the_city_of_the_ticket_pays(charged: Story, session: AsyncSession) -> None:
    await make_prices(session, GAS, overrides=(("AC-GAS", "上海市", 9500), ("AC-GAS", "昆明市", 100)))
    await charged.on_site()
    quoted = await charged.step(charged.engineer, "quote", lines=[{"code": "AC-GAS", "quantity": 1}])
    assert quoted["quote"]["total_fen"] == 9500

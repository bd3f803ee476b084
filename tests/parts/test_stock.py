"""Stock as a ledger: reserved, used, moved, counted; never negative, always the sum of its entries."""

from random import Random
from typing import Any

import asyncpg
import pytest
from httpx import Response

from app.domain.parts import PlaceKind, Reason
from app.errors import Problem
from app.services.operations.doctor import examine
from app.services.stock.post import Move, post
from tests.harness.callers import Caller
from tests.parts.conftest import Stocking
from tests.tickets.story import Story

BALANCES = (
    "SELECT place_kind, on_hand, reserved, defective FROM stock WHERE part_code = $1 ORDER BY place_kind DESC"
)


async def balances(rows: asyncpg.Connection, part: str = "AC-CAP") -> dict[str, tuple[int, int, int]]:
    found = await rows.fetch(BALANCES, part)
    return {r["place_kind"]: (r["on_hand"], r["reserved"], r["defective"]) for r in found}


async def reserve(story: Story, quantity: int, part: str = "AC-CAP", **headers: str) -> Response:
    body = {"lines": [{"part_code": part, "quantity": quantity}]}
    url = f"/api/v1/tickets/{story.number}/part-reservations"
    return await story.engineer.post(url, json=body, headers=headers)


async def place(story: Story, rows: asyncpg.Connection, kind: str) -> dict[str, str]:
    point = str(await rows.fetchval("SELECT id FROM service_points LIMIT 1"))
    return {"kind": kind, "id": point if kind == "point" else str(story.engineer.person.id)}


async def finish(story: Story, parts: list[dict[str, Any]], old_parts: str = "none") -> Response:
    """From an approved quote to the end of the job."""
    ticket = await story.in_repair()
    await story.photo(story.engineer, "before")
    await story.photo(story.engineer, "after")
    return await story.ask(
        story.engineer,
        "finish",
        fault_code="F01",
        solution="更换电容",
        parts=parts,
        old_parts=old_parts,
        charge_fen=ticket["quote"]["total_fen"],
    )


async def test_reserved_from_the_van_first(shop: Story, stock: Stocking, rows: asyncpg.Connection) -> None:
    await stock(van=2, point=5)
    await shop.accepted()
    answer = await reserve(shop, 3)
    assert answer.status_code == 201, answer.text
    assert {(h["place_kind"], h["quantity"]) for h in answer.json()["reserved"]} == {("van", 2), ("point", 1)}
    assert await balances(rows) == {"van": (2, 2, 0), "point": (5, 1, 0)}


async def test_the_same_reservation_twice_is_one(
    shop: Story, stock: Stocking, rows: asyncpg.Connection
) -> None:
    await stock(van=2)
    await shop.accepted()
    for _ in range(2):
        assert (await reserve(shop, 1, **{"Idempotency-Key": "k"})).status_code == 201
    assert (await balances(rows))["van"] == (2, 1, 0)


async def test_what_is_not_there_says_where_else(
    shop: Story, stock: Stocking, colleague: Caller, rows: asyncpg.Connection
) -> None:
    await shop.accepted()
    body = {
        "kind": "receive",
        "place": {"kind": "van", "id": str(colleague.person.id)},
        "lines": [{"part_code": "AC-CAP", "quantity": 4}],
    }
    assert (await shop.agent.post("/api/v1/stock/movements", json=body)).status_code == 201
    answer = await reserve(shop, 1)
    assert (answer.status_code, answer.json()["code"]) == (409, "out_of_stock")
    assert [(p["name"], p["free"]) for p in answer.json()["elsewhere"]] == [("赵师傅", 4)]


ENDS: dict[str, tuple[str, dict[str, Any]]] = {
    "cancel": ("customer", {"reason_code": "changed_mind"}),
    "reassign": ("manager", {"reason": "请假"}),
}


@pytest.mark.parametrize("event", ENDS)
async def test_reservations_end_with_the_job(
    event: str, shop: Story, stock: Stocking, rows: asyncpg.Connection
) -> None:
    await stock(van=2)
    await shop.accepted()
    await reserve(shop, 2)
    who, fields = ENDS[event]
    await shop.step(getattr(shop, who), event, **fields)
    assert (await balances(rows))["van"] == (2, 0, 0)
    assert await examine(rows) == []


async def test_what_is_fitted_comes_out_of_the_van_and_the_rest_is_let_go(
    shop: Story, stock: Stocking, rows: asyncpg.Connection
) -> None:
    await stock(van=3)
    answer = await finish(shop, [{"code": "AC-CAP", "quantity": 1}])
    assert answer.status_code == 200, answer.text
    assert (await balances(rows))["van"] == (2, 0, 0)
    (fitted,) = (await shop.engineer.get(f"/api/v1/tickets/{shop.number}/parts")).json()["fitted"]
    assert (fitted["part_code"], fitted["name"], fitted["quantity"]) == ("AC-CAP", "启动电容 35μF", 1)
    assert await examine(rows) == []


async def test_what_is_nowhere_cannot_be_fitted(shop: Story) -> None:
    answer = await finish(shop, [{"name": "扎带"}, {"code": "AC-CAP", "quantity": 1}])
    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["field"], error["code"]) == (422, "body.parts.1.code", "out_of_stock")


async def test_a_part_named_freely_is_noted(shop: Story, rows: asyncpg.Connection) -> None:
    assert (await finish(shop, [{"name": "扎带", "quantity": 3}])).status_code == 200
    fitted = await rows.fetchrow("SELECT part_code, name, quantity FROM fitted_parts")
    assert tuple(fitted) == (None, "扎带", 3)


async def test_a_serial_number_is_asked_for_and_the_old_part_goes_back(
    shop: Story, stock: Stocking, rows: asyncpg.Connection
) -> None:
    await stock("AC-BOARD", van=1)
    answer = await finish(shop, [{"code": "AC-BOARD"}], "taken_back")
    assert answer.json()["errors"][0]["field"] == "body.parts.0.serial_number"
    again = await shop.ask(
        shop.engineer,
        "finish",
        fault_code="F01",
        solution="更换控制板",
        parts=[{"code": "AC-BOARD", "serial_number": "SN-0001"}],
        old_parts="taken_back",
        charge_fen=(await shop.see())["quote"]["total_fen"],
    )
    assert again.status_code == 200, again.text
    assert (await balances(rows, "AC-BOARD"))["van"] == (0, 0, 1)
    move = {
        "kind": "return_old",
        "place": await place(shop, rows, "van"),
        "to": await place(shop, rows, "point"),
        "lines": [{"part_code": "AC-BOARD", "quantity": 1}],
    }
    assert (await shop.agent.post("/api/v1/stock/movements", json=move)).status_code == 201
    assert await balances(rows, "AC-BOARD") == {"van": (0, 0, 0), "point": (0, 0, 1)}
    scrap = {"kind": "scrap", "place": move["to"], "lines": move["lines"]}
    assert (await shop.agent.post("/api/v1/stock/movements", json=scrap)).status_code == 201
    assert (await balances(rows, "AC-BOARD"))["point"] == (0, 0, 0)
    assert await examine(rows) == []


async def test_an_engineer_counts_his_own_van_and_nothing_else(
    shop: Story, stock: Stocking, colleague: Caller, rows: asyncpg.Connection
) -> None:
    await stock(van=2)
    count = {"kind": "count", "lines": [{"part_code": "AC-CAP", "quantity": 5}]}
    mine = {"place": await place(shop, rows, "van")} | count
    answer = await shop.engineer.post("/api/v1/stock/movements", json=mine)
    assert [line["on_hand"] for line in answer.json()["items"]] == [5]
    assert (await colleague.post("/api/v1/stock/movements", json=mine)).status_code == 403
    point = {"place": await place(shop, rows, "point")} | count
    assert (await shop.engineer.post("/api/v1/stock/movements", json=point)).status_code == 403


async def test_what_is_reserved_cannot_be_moved_away(
    shop: Story, stock: Stocking, rows: asyncpg.Connection
) -> None:
    await stock(van=2)
    await shop.accepted()
    await reserve(shop, 2)
    body = {
        "kind": "transfer",
        "place": await place(shop, rows, "van"),
        "to": await place(shop, rows, "point"),
        "lines": [{"part_code": "AC-CAP", "quantity": 1}],
    }
    assert (await shop.agent.post("/api/v1/stock/movements", json=body)).status_code == 409
    assert (await balances(rows))["van"] == (2, 2, 0)


async def test_triage_suggests_what_the_catalogue_knows(
    shop: Story, stock: Stocking, rows: asyncpg.Connection
) -> None:
    await stock(van=2, point=5)
    await shop.accepted()
    await rows.execute(
        """UPDATE tickets SET diagnosis = jsonb_set(diagnosis, '{parts}', '["启动电容/电容", "海绵"]')
            WHERE number = $1""",
        shop.number,
    )
    found = (await shop.engineer.get(f"/api/v1/tickets/{shop.number}/parts")).json()["suggested"]
    assert [(s["name"], s["part_code"]) for s in found] == [("启动电容 35μF", "AC-CAP"), ("海绵", None)]
    assert [(a["place_kind"], a["quantity"]) for a in found[0]["available"]] == [("van", 2), ("point", 5)]


@pytest.mark.parametrize("seed", range(4))
async def test_whatever_is_posted_the_books_add_up(seed: int, shop: Story, rows: asyncpg.Connection) -> None:
    dice = Random(seed)
    places = [
        (str(shop.engineer.person.id), PlaceKind.VAN),
        (str(await rows.fetchval("SELECT id FROM service_points LIMIT 1")), PlaceKind.POINT),
    ]
    refused = 0
    for _ in range(80):
        moves = []
        for _ in range(dice.randint(1, 3)):
            where, kind = dice.choice(places)
            moves.append(
                Move(
                    where,
                    kind,
                    dice.choice(["AC-CAP", "AC-BOARD"]),
                    dice.choice(list(Reason)),
                    on_hand=dice.randint(-3, 4),
                    reserved=dice.randint(-2, 2),
                    defective=dice.randint(-1, 1),
                )
            )
        try:
            async with rows.transaction():
                await post(rows, moves, made_by="test", now=shop.clock.now)
        except Problem:
            refused += 1
    assert 10 < refused < 75
    assert [f for f in await examine(rows) if "stock" in f.invariant.name] == []
    assert (
        await rows.fetchval("SELECT min(least(on_hand, reserved, defective, on_hand - reserved)) FROM stock")
        >= 0
    )

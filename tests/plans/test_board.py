"""What the dispatcher sees of a day, and what he can ask for."""

from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import pytest

from tests.harness.callers import Caller
from tests.plans.test_plans import booked, falls_sick
from tests.tickets.story import Story

Planning = Callable[[], Awaitable[int]]
TOMORROW = "2026-06-16"


async def of_tomorrow(story: Story, rows: asyncpg.Connection, what: str) -> dict[str, Any]:
    point = str(await rows.fetchval("SELECT id FROM service_points LIMIT 1"))
    params = {"service_point_id": point, "day": TOMORROW}
    answer = await story.agent.get(f"/api/v1/dispatch/{what}", params=params)
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    return document


async def test_the_board_shows_who_is_where(pair: Story, rows: asyncpg.Connection) -> None:
    ticket = await booked(pair)
    await pair.submit()
    await pair.step(pair.agent, "triage")
    board = await of_tomorrow(pair, rows, "board")
    by_name = {engineer["name"]: engineer["spans"] for engineer in board["engineers"]}
    (span,) = by_name["陈师傅"]
    (visit,) = span["visits"]
    assert (visit["number"], visit["risk"], visit["announced"]) == (ticket["number"], "on_time", False)
    assert 0.05 < span["load"] < 0.3
    assert [span["visits"] for span in by_name["赵师傅"]] == [[]]
    assert [row["number"] for row in board["unassigned"]] == [pair.number]
    assert board["stranded"] == []


async def test_the_board_shows_whom_nobody_visits(alone: Story, rows: asyncpg.Connection) -> None:
    ticket = await booked(alone)
    await falls_sick(alone)
    board = await of_tomorrow(alone, rows, "board")
    assert [visit["number"] for visit in board["stranded"]] == [ticket["number"]]


async def test_a_plan_says_what_it_changed(pair: Story, rows: asyncpg.Connection, plan: Planning) -> None:
    ticket = await booked(pair)
    await falls_sick(pair)
    await plan()
    (report,) = (await of_tomorrow(pair, rows, "plans"))["items"]
    (change,) = report["changes"]
    assert (report["cause"], change["number"]) == ("病假", ticket["number"])
    assert (change["engineer_before"], change["engineer"]) == ("陈师傅", "赵师傅")


async def test_a_manager_asks_for_a_plan(
    alone: Story, rows: asyncpg.Connection, plan: Planning, as_manager: Caller
) -> None:
    point = str(await rows.fetchval("SELECT id FROM service_points LIMIT 1"))
    body = {"service_point_id": point, "day": TOMORROW}
    assert (await as_manager.post("/api/v1/dispatch/plans", json=body)).status_code == 202
    await plan()
    (report,) = (await of_tomorrow(alone, rows, "plans"))["items"]
    assert (report["cause"], report["visits"]) == ("主管要求", 0)


NOWHERE = "00000000-0000-4000-8000-000000000000"


@pytest.mark.parametrize(
    ("over", "status"), [({"day": "2026-06-14"}, 422), ({"service_point_id": NOWHERE}, 404)]
)
async def test_what_cannot_be_planned(
    over: dict[str, str], status: int, alone: Story, rows: asyncpg.Connection, as_manager: Caller
) -> None:
    point = str(await rows.fetchval("SELECT id FROM service_points LIMIT 1"))
    body = {"service_point_id": point, "day": TOMORROW} | over
    assert (await as_manager.post("/api/v1/dispatch/plans", json=body)).status_code == status

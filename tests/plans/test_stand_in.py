"""A visit of two stays one of two when one of them falls sick: the plan finds somebody, or the managers hear of it."""

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.dispatch.together import PART
from app.services.operations.doctor import examine
from tests.harness.callers import Caller
from tests.harness.clock import Clock
from tests.plans.test_plans import Planning, facts, falls_sick, told
from tests.tickets.conftest import make_able_engineer
from tests.tickets.story import Story
from tests.visits.test_companions import ROWS, both


@pytest.mark.parametrize("another", [True, False])
async def test_somebody_else_comes_along_if_there_is_anybody(
    another: bool,
    pair: Story,
    colleague: Caller,
    session: AsyncSession,
    clock: Clock,
    rows: asyncpg.Connection,
    plan: Planning,
) -> None:
    await both(pair)
    before = await pair.see()
    assert before["companion"]["name"] == "赵师傅"
    if another:
        await make_able_engineer(session, clock, "孙师傅", latitude=31.30, longitude=121.65)

    await falls_sick(pair, who=colleague)
    await plan()

    after = await pair.see()
    assert (after["version"], after["visit"]["start"]) == (before["version"], before["visit"]["start"])
    assert len(await rows.fetch(ROWS, pair.number)) == 2
    assert await examine(rows) == []
    if another:
        assert after["companion"]["name"] == "孙师傅"
        assert await facts(rows, "replanned") == ["同行工程师由赵师傅调整为孙师傅，时段不变"]
        hints = [hint.partition("：")[0] for _, hint in await told(rows, "replanned")]
        assert hints == ["此单不再需要您同行", "请与陈师傅一同上门"]
        assert await facts(rows, "escalated") == []
    else:
        assert after["companion"]["name"] == "赵师傅"
        assert await facts(rows, "replanned") == []
        assert len(await facts(rows, "escalated")) == 1


@pytest.mark.parametrize("another", [True, False])
async def test_somebody_else_leads_if_there_is_anybody(
    another: bool,
    pair: Story,
    colleague: Caller,
    session: AsyncSession,
    clock: Clock,
    rows: asyncpg.Connection,
    plan: Planning,
) -> None:
    await both(pair)
    before = await pair.see()
    if another:
        await make_able_engineer(session, clock, "孙师傅", latitude=31.30, longitude=121.65)

    await falls_sick(pair)
    await plan()

    after = await pair.see()
    assert after["visit"] | {"engineer": None} == before["visit"] | {"engineer": None}
    assert after["companion"]["name"] == "赵师傅"
    lead, companion = await rows.fetch(ROWS, pair.number)
    assert (companion["accompanies"] is None, companion["engineer_id"]) == (False, str(colleague.person.id))
    assert abs((lead["start"] - companion["start"]).total_seconds()) <= PART
    assert await examine(rows) == []
    if another:
        assert after["engineer"]["name"] == "孙师傅"
        assert await facts(rows, "replanned") == ["上门工程师由陈师傅调整为孙师傅，时段不变"]
        hints = [hint.partition("：")[0] for _, hint in await told(rows, "replanned")]
        assert hints == ["此单已改由他人上门", "原由陈师傅上门，改由您上门", "请与孙师傅一同上门"]
        assert await facts(rows, "escalated") == []
        assert [event["event"] for event in (await pair.see())["allowed_events"]]
    else:
        assert after["engineer"]["name"] == "陈师傅"
        assert await facts(rows, "replanned") == []
        assert len(await facts(rows, "escalated")) == 1


async def test_when_both_fall_sick_both_are_replaced(
    pair: Story,
    colleague: Caller,
    session: AsyncSession,
    clock: Clock,
    rows: asyncpg.Connection,
    plan: Planning,
) -> None:
    await both(pair)
    for name in ("孙师傅", "吴师傅"):
        await make_able_engineer(session, clock, name, latitude=31.30, longitude=121.65)
    await falls_sick(pair)
    await falls_sick(pair, who=colleague)
    await plan()
    after = await pair.see()
    assert {after["engineer"]["name"], after["companion"]["name"]} == {"孙师傅", "吴师傅"}
    assert await facts(rows, "escalated") == []
    assert await examine(rows) == []

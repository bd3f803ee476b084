"""A visit of two stays one of two when the second falls sick: the plan finds somebody, or the managers hear of it."""

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

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

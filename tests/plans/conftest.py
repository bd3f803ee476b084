from collections.abc import Awaitable, Callable

import asyncpg
import pytest

from app.bell import Bell
from app.domain.dispatch.board import Board, anneal
from app.workers.planner import Planner
from tests.harness.callers import Caller
from tests.tickets.conftest import colleague, engineer, rows, story, stranger
from tests.tickets.story import Story

__all__ = ["colleague", "engineer", "rows", "story", "stranger"]


async def think_here(board: Board, _: float) -> Board:
    return anneal(board, 0.05)


@pytest.fixture
async def alone(story: Story, rows: asyncpg.Connection) -> Story:
    """The engineer is the only one of his service point."""
    await rows.execute("UPDATE staff SET service_point_id = (SELECT id FROM service_points LIMIT 1)")
    return story


@pytest.fixture
async def pair(colleague: Caller, alone: Story) -> Story:
    """There is a colleague at the service point who could do the job as well."""
    return alone


@pytest.fixture
def plan(story: Story) -> Callable[[], Awaitable[int]]:
    """What the planner does until nothing is due: how many turns it took."""

    async def until_at_rest() -> int:
        bell = Bell("postgresql://nobody@localhost/nothing")
        planner = Planner(story.database.sessions, think_here, bell, story.clock.read)
        turns = 0
        while await planner.step():
            turns += 1
            assert turns < 50, "the planner does not come to rest"
        return turns

    return until_at_rest

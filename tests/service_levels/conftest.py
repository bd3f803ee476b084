from collections.abc import Callable

import pytest

from app.settings import Settings
from app.workers.levels import LevelWatch
from tests.harness.clock import Clock
from tests.tickets.conftest import colleague, engineer, rows, story, stranger
from tests.tickets.story import Story

__all__ = ["colleague", "engineer", "rows", "story", "stranger"]


@pytest.fixture
def new_watch(story: Story, clock: Clock, settings: Settings) -> Callable[[], LevelWatch]:
    """A worker's part as it is after a start: nothing remembered but what the database holds."""
    return lambda: LevelWatch(story.database.sessions, clock.read)

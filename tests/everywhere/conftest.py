import asyncpg
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import driver
from tests.authorisation.conftest import contractor, disabled, outsider, world
from tests.authorisation.world import World
from tests.console.conftest import base
from tests.everywhere.places import Places, furnish
from tests.tickets.conftest import engineer, story, stranger

__all__ = ["base", "contractor", "disabled", "engineer", "outsider", "story", "stranger", "world"]


@pytest.fixture
async def rows(session: AsyncSession) -> asyncpg.Connection:
    return await driver(session)


@pytest.fixture
async def places(world: World, rows: asyncpg.Connection) -> Places:
    """A world in which every page has something to show."""
    return await furnish(world, rows)

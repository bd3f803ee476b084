from collections.abc import AsyncIterator

import pytest

from app.db import open_database
from app.settings import Settings
from tests.harness.application import make_app
from tests.harness.databases import copy_name, create_copy, drop
from tests.harness.sandbox import ACCOUNTS
from tests.harness.servers import Servers
from tests.inbound.letterbox import Letterbox


@pytest.fixture
async def box(servers: Servers, settings: Settings) -> AsyncIterator[Letterbox]:
    """An app with the accounts of the sandbox on a database of its own: commits and races are real."""
    name = copy_name("inbound")
    url = await create_copy(servers.postgres_url, name)
    mine = Settings(_env_file=None, **(settings.model_dump() | {"database_url": url} | ACCOUNTS))
    async with open_database(mine) as database:
        app = make_app(mine, database=database)
        yield Letterbox(app, database, mine)
    await drop(servers.postgres_url, name)

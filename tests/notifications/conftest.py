from collections.abc import AsyncIterator

import pytest

from app.db import open_database
from app.settings import Settings
from tests.harness.databases import copy_name, create_copy, drop
from tests.harness.sandbox import ACCOUNTS, Sandbox
from tests.harness.servers import Servers
from tests.notifications.post import Post


@pytest.fixture
async def post(servers: Servers, settings: Settings, sandbox: Sandbox) -> AsyncIterator[Post]:
    name = copy_name("post")
    url = await create_copy(servers.postgres_url, name)
    over = {"database_url": url, "wechat_api_base": sandbox.base} | ACCOUNTS
    mine = Settings(_env_file=None, **(settings.model_dump() | over))
    async with open_database(mine) as database:
        yield Post(database, mine, sandbox)
    await drop(servers.postgres_url, name)

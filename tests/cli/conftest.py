"""The command line on a database of its own. A command runs an event loop, so it gets a thread for itself."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import pytest
from typer.testing import CliRunner, Result

from app.cli import environment
from app.cli.main import build
from app.connection import connect
from tests.harness.databases import copy_name, create_copy, drop
from tests.harness.servers import Servers

SECRET_KEY = "a key that only the command line's tests know, and long enough for every HMAC there is"


@dataclass(frozen=True)
class CommandLine:
    url: str
    objects: Path

    async def run(self, *words: str, typed: str | None = None, **over: str) -> Result:
        values = {
            "HUIXIANG_DATABASE_URL": self.url,
            "HUIXIANG_STORAGE_URL": self.objects.as_uri(),
            "HUIXIANG_SECRET_KEY": SECRET_KEY,
            "HUIXIANG_ENVIRONMENT": "test",
            "HUIXIANG_SANDBOX_SECRET": "",
        }
        with pytest.MonkeyPatch.context() as patch:
            for name, value in (values | over).items():
                patch.setenv(name, value)
            environment.settings.cache_clear()
            try:
                app = build(list(words))
                return await asyncio.to_thread(lambda: CliRunner().invoke(app, words, input=typed))
            finally:
                environment.settings.cache_clear()

    async def connect(self) -> asyncpg.Connection:
        return await connect(self.url, "test")


@pytest.fixture(scope="module")
async def command_line(
    servers: Servers, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[CommandLine]:
    """An empty schema at first; the tests of a module share it."""
    name = copy_name("cli")
    url = await create_copy(servers.postgres_url, name)
    yield CommandLine(url, tmp_path_factory.mktemp("objects"))
    await drop(servers.postgres_url, name)


@pytest.fixture(scope="module")
async def town(command_line: CommandLine) -> CommandLine:
    """The same, with a town and a short past."""
    done = await command_line.run("seed", "--tickets", "60")
    assert done.exit_code == 0, done.output
    return command_line


@pytest.fixture
async def rows(command_line: CommandLine) -> AsyncIterator[asyncpg.Connection]:
    connection = await command_line.connect()
    yield connection
    await connection.close()

"""The databases that are measured: prepared once for each schema and size, and a fresh copy for each run."""

import asyncio
import hashlib
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg
from alembic import command
from alembic.config import Config

from bench import rows

ROOT = Path(__file__).parents[1]


async def empty(server: str) -> str:
    """The name of a template of this schema without a row."""
    return await prepared(server, 0)


async def prepared(server: str, tickets: int) -> str:
    """The name of the template with so many tickets, made now if there is none yet."""
    name = f"bench_{tickets}_{_digest()}"
    if await _value(server, "SELECT TRUE FROM pg_database WHERE datname = $1", name):
        return name
    draft = f"{name}_draft"
    print(f"preparing {tickets:,} tickets (once for each schema) …", flush=True)
    await _execute(server, f'DROP DATABASE IF EXISTS "{draft}" WITH (FORCE)', f'CREATE DATABASE "{draft}"')
    url = with_database(server, draft)
    await asyncio.to_thread(_migrate, url)
    connection = await asyncpg.connect(url, command_timeout=900)
    try:
        if tickets:
            await rows.fill(connection, tickets)
    finally:
        await connection.close()
    await _execute(server, f'ALTER DATABASE "{draft}" RENAME TO "{name}"')
    return name


async def copy(server: str, template: str, name: str) -> str:
    """Its URL. What a run writes is gone with the next one, so that every run starts from the same rows."""
    await _execute(
        server,
        f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)',
        f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy',
    )
    return with_database(server, name)


async def drop(server: str, name: str) -> None:
    await _execute(server, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def with_database(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def _digest() -> str:
    digest = hashlib.sha256((ROOT / "bench" / "rows.py").read_bytes())
    for path in sorted((ROOT / "migrations").rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:10]


def _migrate(url: str) -> None:
    config = Config(ROOT / "alembic.ini")
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.attributes["database_url"] = url
    command.upgrade(config, "head")


async def _value(url: str, query: str, *args: object) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(query, *args)
    finally:
        await connection.close()


async def _execute(url: str, *statements: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        for statement in statements:
            await connection.execute(statement, timeout=600)
    finally:
        await connection.close()

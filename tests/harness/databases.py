"""Databases for tests: a template that is migrated once, and copies of it."""

import asyncio
import hashlib
import os
from urllib.parse import urlsplit, urlunsplit

import asyncpg
from alembic import command
from alembic.config import Config

from tests.harness.servers import ROOT

_MAKING_TEMPLATE = 4210472


def with_database(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def template_name() -> str:
    """Named after what the migrations say, so that a kept cluster is migrated anew only when they change."""
    digest = hashlib.sha256()
    for path in sorted((ROOT / "migrations").rglob("*.py")):
        digest.update(path.read_bytes())
    return f"hx_template_{digest.hexdigest()[:12]}"


async def ensure_template(server_url: str) -> str:
    """The template's name; one of several workers makes it while the others wait."""
    name = template_name()
    connection = await asyncpg.connect(server_url)
    try:
        await connection.execute("SELECT pg_advisory_lock($1)", _MAKING_TEMPLATE)
        if not await connection.fetchval("SELECT TRUE FROM pg_database WHERE datname = $1", name):
            draft = f"{name}_draft"
            await connection.execute(f'DROP DATABASE IF EXISTS "{draft}" WITH (FORCE)')
            await connection.execute(f'CREATE DATABASE "{draft}"')
            await asyncio.to_thread(migrate, with_database(server_url, draft))
            await connection.execute(f'ALTER DATABASE "{draft}" RENAME TO "{name}"')
    finally:
        await connection.close()
    return name


def migrate(url: str, revision: str = "head") -> None:
    """Alembic runs an event loop of its own, so this belongs in a thread without one."""
    command.upgrade(_alembic(url), revision)


def take_back(url: str, revision: str) -> None:
    command.downgrade(_alembic(url), revision)


def _alembic(url: str) -> Config:
    config = Config(ROOT / "alembic.ini")
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.attributes["database_url"] = url
    return config


async def create_copy(server_url: str, name: str) -> str:
    template = await ensure_template(server_url)
    await _execute(
        server_url,
        f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)',
        # Nothing here has to survive, so files are cheaper than the log of what is in them: half the time.
        f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY',
    )
    return with_database(server_url, name)


async def create_empty(server_url: str, name: str) -> str:
    await _execute(server_url, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)', f'CREATE DATABASE "{name}"')
    return with_database(server_url, name)


async def drop(server_url: str, name: str) -> None:
    await _execute(server_url, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def copy_name(purpose: str) -> str:
    """Unique among the workers of all runs that may share a server."""
    return f"hx_{purpose}_{os.getpid()}"


async def _execute(url: str, *statements: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()

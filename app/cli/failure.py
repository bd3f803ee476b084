"""How a command ends when it cannot do its work: one line that says why and what to do, and status 1."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import NoReturn
from urllib.parse import urlsplit

import asyncpg
import typer

from app.db import connect
from app.errors import Problem
from app.settings import Settings

# asyncpg's way of saying that a server is there and does not want us, or is not a server of ours at all.
UNREACHABLE = (OSError, TimeoutError, asyncpg.PostgresConnectionError, asyncpg.InterfaceError)
REFUSED = (
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
    asyncpg.CannotConnectNowError,
)


def fail(message: str) -> NoReturn:
    typer.secho(message, fg=typer.colors.RED, err=True)
    raise typer.Exit(1)


@contextmanager
def told() -> Iterator[None]:
    """What can go wrong with the database or with the request itself, in one line instead of a traceback."""
    try:
        yield
    except asyncpg.UndefinedTableError:
        fail("数据库还没有表结构，请先执行：huixiang migrate")
    except Problem as problem:
        fail(problem.msg)


@asynccontextmanager
async def connected(settings: Settings) -> AsyncIterator[asyncpg.Connection]:
    """One connection for a short command."""
    try:
        connection = await connect(settings.database_url, "huixiang-cli")
    except (*UNREACHABLE, *REFUSED) as error:
        fail(unreachable(settings, error))
    try:
        yield connection
    finally:
        await connection.close()


def unreachable(settings: Settings, error: BaseException) -> str:
    reason = str(error) or type(error).__name__
    return (
        f"连不上数据库 {place(settings.database_url)}：{reason}\n"
        "请先启动演示（make demo），或用环境变量 HUIXIANG_DATABASE_URL 指明数据库。"
    )


def place(url: str) -> str:
    """A database address without the password."""
    parts = urlsplit(url)
    return f"{parts.hostname}:{parts.port or 5432}{parts.path}"

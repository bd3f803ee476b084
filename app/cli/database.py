"""A connection for a short command, or a clear word why there is none."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import parse_qsl, urlsplit

import asyncpg

from app.cli.failure import fail
from app.connection import connect
from app.settings import Settings

# asyncpg's ways of saying that nobody is there, or that a server is there and does not want us.
UNREACHABLE = (
    OSError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
    asyncpg.CannotConnectNowError,
)


@asynccontextmanager
async def connected(settings: Settings) -> AsyncIterator[asyncpg.Connection]:
    """One connection for a short command."""
    try:
        connection = await connect(settings.database_url, "huixiang-cli")
    except UNREACHABLE as error:
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
    # The folder of a socket stands behind the question mark.
    more = dict(parse_qsl(parts.query))
    return f"{parts.hostname or more.get('host', 'localhost')}:{parts.port or more.get('port', 5432)}{parts.path}"

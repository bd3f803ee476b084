"""What the commands work with: the database, and WeChat as the processes of the service reach it."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import asyncpg

from app.cli.database import connected
from app.cli.environment import settings
from app.cli.failure import fail, told
from app.db import open_database
from app.platform import Platform, open_platform
from app.services.credentials.keyring import KeyRing, key_ring
from app.wechat.client import AsyncWeChatClient
from app.wechat.errors import WeChatError


def ring() -> KeyRing:
    try:
        return key_ring(settings())
    except RuntimeError as error:
        fail(str(error))


@asynccontextmanager
async def wechat() -> AsyncIterator[tuple[asyncpg.Connection, Platform]]:
    """One connection, and the accounts of the table with those of the settings entered."""
    ring()
    async with (
        connected(settings()) as connection,
        open_database(settings()) as database,
        open_platform(settings(), database) as platform,
    ):
        yield connection, platform


def account_client(platform: Platform, appid: str | None, kind: str) -> AsyncWeChatClient:
    """That of the appid; without one, the default of the kind."""
    wanted = appid or (platform.official if kind == "official" else platform.mini).account.appid
    client = platform.clients.get(wanted)
    if client is None:
        fail(f"没有这个账号：{wanted or '（还没有录入）'}。用 huixiang wechat list 查看。")
    return client


@contextmanager
def understood() -> Iterator[None]:
    """What WeChat refuses, in one line."""
    try:
        with told():
            yield
    except WeChatError as error:
        meaning = getattr(error, "meaning_zh", "") or error.errmsg
        fail(f"微信没有照办：{meaning}（{error}）。原因可用 huixiang wechat check 查看。")

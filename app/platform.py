"""WeChat as this process reaches it: accounts from the settings, one client for each, one pool of connections."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from pydantic import SecretStr

from app.db import Database
from app.services.credentials.store import DatabaseTokenStore
from app.settings import Settings
from app.wechat.accounts import Account, Endpoints
from app.wechat.client import AsyncWeChatClient
from app.wechat.http import Http
from app.wechat.metrics import observe_call
from app.wechat.tokens import TokenKeeper


@dataclass(frozen=True)
class Platform:
    official: AsyncWeChatClient
    mini: AsyncWeChatClient
    accounts: Mapping[str, Account]

    async def unionid(self, appid: str, openid: str) -> str | None:
        """Who this follower is across accounts, if they are bound to one open platform."""
        if appid != self.official.account.appid:
            return None
        follower = await self.official.user_info(openid)
        return follower.unionid


def accounts(settings: Settings) -> dict[str, Account]:
    official = Account(
        settings.official_appid,
        "official",
        settings.official_secret.get_secret_value(),
        settings.official_token.get_secret_value(),
        _key(settings.official_aes_key),
    )
    mini = Account(
        settings.mini_appid,
        "mini",
        settings.mini_secret.get_secret_value(),
        settings.mini_token.get_secret_value(),
        _key(settings.mini_aes_key),
    )
    return {account.appid: account for account in (official, mini)}


@asynccontextmanager
async def open_platform(settings: Settings, database: Database) -> AsyncIterator[Platform]:
    known = accounts(settings)
    endpoints = Endpoints(settings.wechat_api_base, settings.wechat_open_base, settings.wechat_mp_base)
    store = DatabaseTokenStore(database.sessions, settings.signing_key())
    async with Http() as http:

        def client(appid: str) -> AsyncWeChatClient:
            account = known[appid]
            keeper = TokenKeeper(account, endpoints, store, http)
            return AsyncWeChatClient(account, endpoints, keeper, http, observe=observe_call)

        yield Platform(client(settings.official_appid), client(settings.mini_appid), known)


def _key(secret: SecretStr) -> str | None:
    return secret.get_secret_value() or None

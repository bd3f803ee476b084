"""WeChat as this process reaches it: a client for each account, over one pool of connections."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from pydantic import SecretStr

from app.db import Database
from app.errors import Problem, Unavailable
from app.services.credentials.store import DatabaseTokenStore
from app.services.sessions.ports import Identity, InvalidCode
from app.settings import Settings
from app.wechat.accounts import Account, Endpoints
from app.wechat.api.conversation import picture
from app.wechat.api.identity import code_to_session, oauth_access_token, user_info
from app.wechat.api.messages import send_text
from app.wechat.client import AsyncWeChatClient
from app.wechat.errors import ErrorClass, Refused, Unreachable, WeChatError
from app.wechat.http import Http
from app.wechat.metrics import observe_call
from app.wechat.tokens import TokenKeeper


@dataclass(frozen=True)
class Platform:
    clients: Mapping[str, AsyncWeChatClient]
    official: AsyncWeChatClient
    mini: AsyncWeChatClient

    async def unionid(self, appid: str, openid: str) -> str | None:
        """Who this follower is across accounts, if they are bound to one open platform."""
        client = self.clients.get(appid)
        if client is None or client.account.kind != "official":
            return None
        return (await user_info(client, openid)).unionid

    def answers_in_passing(self, appid: str) -> bool:
        """See app.services.conversations.prepare.Chat; a mini-program cannot."""
        client = self.clients.get(appid)
        return client is not None and client.account.kind == "official"

    async def picture(self, appid: str, media_id: str) -> bytes:
        return await picture(self._client(appid), media_id)

    async def say(self, appid: str, openid: str, text: str) -> None:
        await send_text(self._client(appid), openid, text)

    def _client(self, appid: str) -> AsyncWeChatClient:
        client = self.clients.get(appid)
        if client is None:
            raise Unreachable(f"no account {appid}")
        return client

    async def code_to_session(self, code: str) -> Identity:
        """Who signed in to the mini-program (app.services.sessions.ports.CodeExchange)."""
        try:
            found = await code_to_session(self.mini, code)
        except WeChatError as error:
            raise _sign_in_failed(error) from error
        return Identity(found.openid, found.unionid)

    async def oauth_identity(self, code: str) -> Identity:
        """Who opened a page in the official account (app.services.sessions.ports.OAuthExchange)."""
        try:
            grant = await oauth_access_token(self.official, code)
        except WeChatError as error:
            raise _sign_in_failed(error) from error
        return Identity(grant.openid, grant.unionid, grant.is_snapshotuser)


def _sign_in_failed(error: WeChatError) -> Problem:
    """A bad code is the caller's to mend; anything else is WeChat's trouble or ours."""
    if isinstance(error, Refused) and error.cls in (ErrorClass.PAYLOAD, ErrorClass.USER):
        return InvalidCode()
    return Unavailable("微信暂时没有回应，请稍后再试。", retry_after=5)


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
    # An account without a token cannot tell WeChat's calls from anybody's: it gets none.
    return {account.appid: account for account in (official, mini) if account.appid and account.token}


@asynccontextmanager
async def open_platform(settings: Settings, database: Database) -> AsyncIterator[Platform]:
    endpoints = Endpoints(settings.wechat_api_base, settings.wechat_open_base, settings.wechat_mp_base)
    store = DatabaseTokenStore(database.sessions, settings.signing_key())
    async with Http() as http:

        def client(account: Account) -> AsyncWeChatClient:
            keeper = TokenKeeper(account, endpoints, store, http)
            return AsyncWeChatClient(account, endpoints, keeper, http, observe=observe_call)

        clients = {account.appid: client(account) for account in accounts(settings).values()}

        def known(appid: str) -> AsyncWeChatClient:
            return clients.get(appid) or client(Account(appid, "official", "", ""))

        yield Platform(clients, known(settings.official_appid), known(settings.mini_appid))


def _key(secret: SecretStr) -> str | None:
    return secret.get_secret_value() or None

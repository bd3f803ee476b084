"""WeChat as this process reaches it: a client for each account, over one pool of connections."""

import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from pydantic import SecretStr

from app.db import Database
from app.services.credentials.store import DatabaseTokenStore
from app.services.sessions.ports import Identity, Kind
from app.services.sessions.refusals import phone_failed, sign_in_failed
from app.settings import Settings
from app.wechat.accounts import Account, Endpoints
from app.wechat.api.conversation import picture
from app.wechat.api.identity import code_to_session, get_phone_number, oauth_access_token, user_info
from app.wechat.api.messages import send_text
from app.wechat.client import AsyncWeChatClient
from app.wechat.errors import Unreachable, WeChatError
from app.wechat.http import Http
from app.wechat.metrics import observe_call
from app.wechat.tokens import TokenKeeper

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Platform:
    clients: Mapping[str, AsyncWeChatClient]
    official: AsyncWeChatClient
    mini: AsyncWeChatClient
    # Whom to call when WeChat lets somebody in no more.
    hotline: str = ""

    async def unionid(self, appid: str, openid: str) -> str | None:
        """Who this follower is across accounts, if they are bound to one open platform."""
        client = self.clients.get(appid)
        if client is None or client.account.kind != "official":
            return None
        return (await user_info(client, openid)).unionid

    def knows(self, appid: str, kind: Kind) -> bool:
        default = self.official if kind == "official" else self.mini
        client = self.clients.get(appid)
        return appid == default.account.appid if client is None else client.account.kind == kind

    def answers_in_passing(self, appid: str) -> bool:
        """See app.services.conversations.prepare.Chat; a mini-program cannot."""
        client = self.clients.get(appid)
        return client is not None and client.account.kind == "official"

    async def picture(self, appid: str, media_id: str) -> bytes:
        return await picture(self._known(appid), media_id)

    async def say(self, appid: str, openid: str, text: str) -> None:
        await send_text(self._known(appid), openid, text)

    def _known(self, appid: str) -> AsyncWeChatClient:
        client = self.clients.get(appid)
        if client is None:
            raise Unreachable(f"no account {appid}")
        return client

    async def code_to_session(self, appid: str, code: str) -> Identity:
        """Who signed in to the mini-program (app.services.sessions.ports.CodeExchange)."""
        try:
            found = await code_to_session(self.clients.get(appid, self.mini), code)
        except WeChatError as error:
            raise sign_in_failed(error, self.hotline) from error
        return Identity(found.openid, found.unionid)

    async def phone_number(self, appid: str, code: str) -> str:
        """The number behind a tap on the button; abroad with the code of its country."""
        try:
            found = await get_phone_number(self.clients.get(appid, self.mini), code)
        except WeChatError as error:
            raise phone_failed(error) from error
        return found.pure if found.country_code == "86" else f"+{found.country_code}{found.pure}"

    async def oauth_identity(self, appid: str, code: str) -> Identity:
        """Who opened a page in the official account (app.services.sessions.ports.OAuthExchange)."""
        try:
            grant = await oauth_access_token(self.clients.get(appid, self.official), code)
        except WeChatError as error:
            raise sign_in_failed(error, self.hotline) from error
        return Identity(grant.openid, grant.unionid, grant.is_snapshotuser)

    async def known_unionid(self, appid: str, openid: str) -> str | None:
        try:
            return await self.unionid(appid, openid)
        except WeChatError as error:
            log.warning("sign_in.unionid_unknown", extra={"errcode": error.errcode, "rid": error.rid})
            return None


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

        yield Platform(
            clients, known(settings.official_appid), known(settings.mini_appid), settings.service_hotline
        )


def _key(secret: SecretStr) -> str | None:
    return secret.get_secret_value() or None

"""WeChat as this process reaches it: a client for each account of the table, over one pool of connections.

Accounts and cards are read again whenever the bell says that they changed, and every few seconds without it. What
was handed out before goes on: clients are kept and told their new secrets, mappings are changed in place.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from app.bell import Bell, Topic, is_about
from app.db import LOST, Database, driver
from app.models.wechat import CredentialKind
from app.services.accounts.declared import declared_accounts
from app.services.accounts.records import AccountRecord, enter_account, list_accounts
from app.services.credentials.keyring import key_ring
from app.services.credentials.store import DatabaseTokenStore
from app.services.sessions.ports import Identity, Kind
from app.services.sessions.refusals import phone_failed, sign_in_failed
from app.services.templates.declared import declared_registry
from app.services.templates.records import enter_declared_cards, list_cards, registry_of
from app.settings import Settings
from app.tasks import end
from app.wechat.accounts import Account, Endpoints
from app.wechat.answers import QRCode
from app.wechat.api.codes import url_link, wxa_code
from app.wechat.api.conversation import picture
from app.wechat.api.doors import create_qrcode
from app.wechat.api.identity import code_to_session, get_phone_number, oauth_access_token, user_info
from app.wechat.api.messages import send_text
from app.wechat.client import AsyncWeChatClient
from app.wechat.errors import Unreachable, WeChatError
from app.wechat.http import Http
from app.wechat.metrics import observe_call
from app.wechat.templates import Registry
from app.wechat.tickets import TicketKeeper
from app.wechat.tokens import TokenKeeper

POLL_SECONDS = 5.0

log = logging.getLogger(__name__)


class Platform:
    """``official`` and ``mini`` are the defaults of their kind, whoever they are at the moment."""

    def __init__(self, settings: Settings, database: Database, http: Http) -> None:
        self._settings = settings
        self._database = database
        self.http = http
        self.ring = key_ring(settings)
        self.endpoints = Endpoints(
            settings.wechat_api_base, settings.wechat_open_base, settings.wechat_mp_base
        )
        sessions = database.sessions
        self.tokens = DatabaseTokenStore(sessions, self.ring, CredentialKind.ACCESS)
        self._tickets = DatabaseTokenStore(sessions, self.ring, CredentialKind.JSAPI)
        # Changed in place, so that whoever holds them sees what is true now.
        self.accounts: dict[str, Account] = {}
        self._clients: dict[str, AsyncWeChatClient] = {}
        self._ticket_keepers: dict[str, TicketKeeper] = {}
        self._defaults = {"official": settings.official_appid, "mini": settings.mini_appid}
        self._cards = dict(declared_registry(settings).cards)
        self.registry = Registry(self._cards)
        self._changed = asyncio.Event()
        # The settings speak until the table has been read: the database may be away when a process starts.
        self._adopt(accounts(settings))

    @property
    def clients(self) -> Mapping[str, AsyncWeChatClient]:
        return self._clients

    @property
    def official(self) -> AsyncWeChatClient:
        return self._default_client("official")

    @property
    def mini(self) -> AsyncWeChatClient:
        return self._default_client("mini")

    async def enter_settings(self) -> None:
        """Write what the settings name into the table (ADR 13)."""
        async with self._database.sessions.begin() as session:
            connection = await driver(session)
            for new in declared_accounts(self._settings):
                await enter_account(connection, self.ring, new, now=datetime.now(UTC))
            await enter_declared_cards(connection, self._settings)

    async def read(self) -> None:
        """Take over what the table says."""
        async with self._database.sessions.begin() as session:
            connection = await driver(session)
            records = await list_accounts(connection, self.ring)
            cards = registry_of(await list_cards(connection))
        self._take_over(records)
        self._cards.clear()
        self._cards.update(cards)

    async def follow(self, bell: Bell, *, entered: bool) -> None:
        """Keep up with the table until cancelled; ``entered`` is whether the settings are in it already."""
        bell.add(lambda heard: self._changed.set() if is_about(heard, Topic.WECHAT) else None)
        while True:
            try:
                if not entered:
                    await self.enter_settings()
                    entered = True
                self._changed.clear()
                await self.read()
            except LOST as error:
                log.warning("accounts.database_lost", extra={"error": type(error).__name__})
            await self._until_changed()

    async def _until_changed(self) -> None:
        try:
            await asyncio.wait_for(self._changed.wait(), POLL_SECONDS)
        except TimeoutError:
            return

    def _take_over(self, records: list[AccountRecord]) -> None:
        for record in records:
            if record.unreadable:
                log.error("accounts.unreadable", extra={"appid": record.account.appid})
            if record.is_default:
                self._defaults[record.account.kind] = record.account.appid
        self._adopt({record.account.appid: record.account for record in records})

    def _adopt(self, found: Mapping[str, Account]) -> None:
        for appid in self._clients.keys() - found.keys():
            del self._clients[appid]
            self._ticket_keepers.pop(appid, None)
        for appid, account in found.items():
            held = self._clients.get(appid)
            if held is None:
                self._clients[appid] = self._client(account)
            elif held.account != account:
                held.adopt(account, self._keeper(account))
        self.accounts.clear()
        # An account without a token cannot tell WeChat's calls from anybody's: it gets none.
        self.accounts.update({appid: account for appid, account in found.items() if account.token})

    def _default_client(self, kind: str) -> AsyncWeChatClient:
        appid = self._defaults[kind]
        held = self._clients.get(appid)
        if held is None:
            held = self._client(Account(appid, "official" if kind == "official" else "mini", "", ""))
        return held

    def _keeper(self, account: Account) -> TokenKeeper:
        return TokenKeeper(account, self.endpoints, self.tokens, self.http)

    def _client(self, account: Account) -> AsyncWeChatClient:
        return AsyncWeChatClient(
            account, self.endpoints, self._keeper(account), self.http, observe=observe_call
        )

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

    def default(self, kind: Kind) -> str:
        return self._defaults[kind]

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
            raise sign_in_failed(error, self._settings.service_hotline) from error
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
            raise sign_in_failed(error, self._settings.service_hotline) from error
        return Identity(grant.openid, grant.unionid, grant.is_snapshotuser)

    async def known_unionid(self, appid: str, openid: str) -> str | None:
        try:
            return await self.unionid(appid, openid)
        except WeChatError as error:
            log.warning("sign_in.unionid_unknown", extra={"errcode": error.errcode, "rid": error.rid})
            return None

    # What follows is app.services.doors.ports.Doors.

    @property
    def official_appid(self) -> str:
        return self.official.account.appid

    async def js_ticket(self) -> str:
        client = self.official
        appid = client.account.appid
        if appid not in self._ticket_keepers:
            self._ticket_keepers[appid] = TicketKeeper(client, self._tickets)
        return await self._ticket_keepers[appid].token()

    async def qr_code(self, scene: str, expire_seconds: int | None) -> QRCode:
        return await create_qrcode(self.official, scene, expire_seconds)

    async def mini_code(self, scene: str, page: str) -> bytes:
        return await wxa_code(self.mini, scene, page)

    async def url_link(self, page: str, query: str, days: int) -> str:
        return await url_link(self.mini, page, query, days)


def accounts(settings: Settings) -> dict[str, Account]:
    """What the settings alone say."""
    return {
        new.appid: Account(new.appid, new.kind.value, new.secret or "", new.token or "", new.aes_key)
        for new in declared_accounts(settings)
        if new.token
    }


@asynccontextmanager
async def open_platform(
    settings: Settings, database: Database, bell: Bell | None = None
) -> AsyncIterator[Platform]:
    """With a bell, it keeps up with the table; without one (a short command), it is what it was at the start."""
    async with Http() as http:
        platform = Platform(settings, database, http)
        entered = False
        try:
            await platform.enter_settings()
            entered = True
            await platform.read()
        except LOST as error:
            log.warning("accounts.database_lost", extra={"error": type(error).__name__})
        following = asyncio.create_task(platform.follow(bell, entered=entered)) if bell else None
        try:
            yield platform
        finally:
            if following is not None:
                await end(following)

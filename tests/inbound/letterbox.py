"""The callback address as WeChat uses it, and what came of it."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count

import asyncpg
from fastapi import FastAPI
from httpx import Response
from sqlalchemy import select

from app.bell import Bell
from app.db import Database, driver
from app.integrations.storage import ObjectStore, open_store
from app.models import InboundMessage, WeChatIdentity
from app.platform import accounts
from app.services.inbound.handle import due
from app.settings import Settings
from app.wechat.accounts import Account
from app.wechat.errors import WeChatError
from app.wechat.sealing import seal
from app.workers.inbound import InboundWorker
from sandbox.defaults import OFFICIAL_APPID
from tests.harness.callers import Caller

NONCE = "415670741"


@dataclass
class Directory:
    """Stands for WeChat: its list of followers, its pictures, its chat."""

    unionids: dict[str, str] = field(default_factory=dict)
    pictures: dict[str, bytes | WeChatError] = field(default_factory=dict)
    said: list[tuple[str, str]] = field(default_factory=list)
    official: str = OFFICIAL_APPID

    async def unionid(self, appid: str, openid: str) -> str | None:
        return self.unionids.get(openid)

    def answers_in_passing(self, appid: str) -> bool:
        return appid == self.official

    async def picture(self, appid: str, media_id: str) -> bytes:
        found = self.pictures[media_id]
        if isinstance(found, WeChatError):
            raise found
        return found

    async def say(self, appid: str, openid: str, text: str) -> None:
        self.said.append((openid, text))


@dataclass
class Letterbox:
    app: FastAPI
    database: Database
    settings: Settings
    directory: Directory = field(default_factory=Directory)
    store: ObjectStore = field(default_factory=lambda: open_store("memory://"))
    _serial: "count[int]" = field(default_factory=lambda: count(1))

    @property
    def account(self) -> Account:
        return accounts(self.settings)[self.settings.official_appid]

    def url(self, appid: str | None = None) -> str:
        return f"/wechat/{appid or self.account.appid}/callback"

    def freeze(self, moment: datetime) -> None:
        self.app.state.clock = lambda: moment

    def event(self, kind: str, openid: str = "o-lin", *, at: int | None = None, **more: str) -> str:
        """A body that differs from every other, like those of WeChat."""
        fields = {
            "ToUserName": "gh_1",
            "FromUserName": openid,
            "CreateTime": str(at or int(datetime.now(UTC).timestamp())),
            "MsgType": "event",
            "Event": kind,
            "EventKey": "",
            "Serial": str(next(self._serial)),
        } | more
        return "<xml>" + "".join(f"<{n}>{v}</{n}>" for n, v in fields.items()) + "</xml>"

    def sealed(
        self, body: str, *, account: Account | None = None, at: int | None = None
    ) -> tuple[dict[str, str], bytes]:
        """The query and the body of a delivery; each is sealed anew, as WeChat does."""
        moment = at or int(datetime.now(UTC).timestamp())
        made = seal(account or self.account, body, timestamp=moment, nonce=NONCE)
        query = {
            "timestamp": str(moment),
            "nonce": NONCE,
            "msg_signature": made.signature,
            "encrypt_type": "aes",
        }
        envelope = f"<xml><ToUserName>gh_1</ToUserName><Encrypt>{made.encrypted}</Encrypt></xml>"
        return query, envelope.encode()

    async def deliver(self, body: str, *, at: int | None = None) -> Response:
        query, sealed = self.sealed(body, at=at)
        return await self.post(query, sealed)

    async def post(self, query: Mapping[str, str], body: bytes, *, appid: str | None = None) -> Response:
        async with Caller(self.app) as caller:
            return await caller.post(self.url(appid), params=dict(query), content=body)

    async def rows(self) -> list[InboundMessage]:
        async with self.database.sessions.begin() as session:
            return list(await session.scalars(select(InboundMessage).order_by(InboundMessage.id)))

    async def identities(self) -> dict[str, WeChatIdentity]:
        async with self.database.sessions.begin() as session:
            found = await session.scalars(select(WeChatIdentity))
            return {identity.openid: identity for identity in found}

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[asyncpg.Connection]:
        async with self.database.sessions.begin() as session:
            yield await driver(session)

    async def work(self) -> int:
        """One round of the worker over what waits; how many it found."""
        async with self.transaction() as connection:
            waiting = await due(connection, datetime.now(UTC))
        await self.worker().step()
        return len(waiting)

    def worker(self, bell: Bell | None = None) -> InboundWorker:
        bell = bell or Bell(self.settings.database_url)
        return InboundWorker(self.database.sessions, self.directory, self.store, bell, home="http://test")

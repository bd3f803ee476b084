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

from app.clock import current_time
from app.db import Database, driver
from app.models import InboundMessage, WeChatIdentity
from app.platform import accounts
from app.services.doors.scanned import Answer
from app.services.inbound.handle import due, handle, look_up
from app.settings import Settings
from app.wechat.accounts import Account
from app.wechat.sealing import seal
from tests.harness.callers import Caller

NONCE = "415670741"


@dataclass
class Directory:
    """Stands for WeChat's list of followers."""

    unionids: dict[str, str] = field(default_factory=dict)
    said: list[Answer] = field(default_factory=list)

    async def say(self, answer: Answer) -> None:
        self.said.append(answer)

    async def unionid(self, appid: str, openid: str) -> str | None:
        return self.unionids.get(openid)


@dataclass
class Letterbox:
    app: FastAPI
    database: Database
    settings: Settings
    directory: Directory = field(default_factory=Directory)
    _serial: "count[int]" = field(default_factory=lambda: count(1))

    @property
    def account(self) -> Account:
        return accounts(self.settings)[self.settings.official_appid]

    def url(self, appid: str | None = None) -> str:
        return f"/wechat/{appid or self.account.appid}/callback"

    def freeze(self, moment: datetime) -> None:
        async def now() -> datetime:
            return moment

        self.app.dependency_overrides[current_time] = now

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
        for stored in waiting:
            unionid = await look_up(stored.message, self.directory)
            async with self.transaction() as connection:
                await handle(connection, stored, unionid, datetime.now(UTC))
        return len(waiting)

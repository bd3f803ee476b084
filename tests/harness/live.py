"""An app on a database of its own, for tests of commits, races and crashes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.db import Database, open_database
from app.models import Customer, Engineer, Staff
from app.settings import Settings
from tests.harness.application import make_app
from tests.harness.callers import Caller, token_for
from tests.harness.clock import Clock
from tests.harness.databases import copy_name, create_copy, drop
from tests.harness.servers import Servers
from tests.harness.wechat import FakeWeChat


@dataclass(frozen=True)
class Live:
    app: FastAPI
    database: Database
    settings: Settings
    clock: Clock
    wechat: FakeWeChat

    @property
    def sessions(self) -> async_sessionmaker[AsyncSession]:
        """``async with live.sessions.begin() as session`` is one committed transaction."""
        return self.database.sessions

    def anonymous(self) -> Caller:
        return Caller(self.app)

    async def caller_for(self, person: Customer | Staff | Engineer) -> Caller:
        """To be used as ``async with await live.caller_for(person) as caller``."""
        async with self.sessions.begin() as session:
            whose = await session.get_one(Staff, person.id) if isinstance(person, Engineer) else person
            token = await token_for(session, whose, now=self.clock.now, settings=self.settings)
        return Caller(self.app, token, whose)


@asynccontextmanager
async def live_app(settings: Settings) -> AsyncIterator[Live]:
    clock = Clock()
    async with open_database(settings) as database:
        wechat = FakeWeChat()
        app = make_app(
            settings,
            database=database,
            code_exchange=wechat,
            oauth_exchange=wechat,
            doors_to_wechat=wechat,
        )
        app.state.clock = clock.read
        yield Live(app, database, settings, clock, wechat)


@asynccontextmanager
async def live_copy(servers: Servers, settings: Settings, purpose: str) -> AsyncIterator[Live]:
    """The same on a fresh copy of the template, which is gone afterwards."""
    name = copy_name(purpose)
    url = await create_copy(servers.postgres_url, name)
    async with live_app(settings.model_copy(update={"database_url": url})) as live:
        yield live
    await drop(servers.postgres_url, name)

"""Fixtures of all tests. Isolation: each test runs inside one transaction that is rolled back.

``session`` writes rows, ``client`` and ``as_…`` call the app over the same connection, so neither may run
at the same moment as the other. A test of races or of real commits asks for ``live`` instead.
"""

import asyncio
import signal
from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from types import FrameType

import pytest
import uvloop
from fastapi import FastAPI
from jinja2 import FileSystemBytecodeCache
from playwright.async_api import Browser, Page
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession

from app.collector import keep_what_is_loaded
from app.db import Database, create_engine
from app.main import set_limits
from app.models import Customer, Engineer, Staff
from app.models.people import StaffRole
from app.pages.render import PAGES
from app.settings import Settings
from tests.browser.chromium import find
from tests.browser.pages import open_page, running_browser
from tests.harness.application import make_app
from tests.harness.callers import Caller, CallerFor, token_for
from tests.harness.clock import Clock
from tests.harness.databases import copy_name, create_copy, drop
from tests.harness.isolation import savepoint_database
from tests.harness.live import Live, live_copy
from tests.harness.sandbox import Sandbox, running_sandbox
from tests.harness.servers import Servers, announced, folder_of_run, start_servers
from tests.harness.wechat import FakeWeChat
from tests.make import make_customer, make_engineer, make_staff

SECRET_KEY = "a key that only the tests know, and long enough for every HMAC there is"


def pytest_configure() -> None:
    # The loop that the service runs on; it also costs a quarter less than the standard one.
    asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    # Python's own handler would be replaced for each fixture and each test, which costs more than an empty one does.
    signal.signal(signal.SIGINT, _interrupted)
    folder = folder_of_run()
    if folder is not None:
        # Each worker would compile all the templates.
        compiled = folder / "templates"
        compiled.mkdir(exist_ok=True)
        PAGES.bytecode_cache = FileSystemBytecodeCache(str(compiled))


def _interrupted(number: int, frame: FrameType | None) -> None:
    signal.default_int_handler(number, frame)


def pytest_collection_finish() -> None:
    """Tests and libraries stay: the collector need not go through them with every look."""
    keep_what_is_loaded()


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    found = announced() or start_servers()
    yield found
    found.stop()


@pytest.fixture(scope="session")
async def database_url(servers: Servers) -> AsyncIterator[str]:
    name = copy_name("shared")
    yield await create_copy(servers.postgres_url, name)
    await drop(servers.postgres_url, name)


@pytest.fixture(scope="session")
def settings(servers: Servers, database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(
        _env_file=None,
        environment="test",
        database_url=database_url,
        redis_url=servers.valkey_url,
        secret_key=SECRET_KEY,
        # Stories run over weeks; that sessions end is a test of its own.
        session_hours=24 * 30,
        storage_url=tmp_path_factory.mktemp("objects").as_uri(),
        public_base_url="http://test",
        # What a test sees must not depend on the time of day.
        quiet_hours="",
        official_appid="wxa100000000000001",
        mini_appid="wxb200000000000002",
    )


@pytest.fixture(scope="session")
async def engine(settings: Settings) -> AsyncIterator[AsyncEngine]:
    # One connection hears what in life many do; to prepare it all anew would be a tenth of the tests.
    engine = create_engine(settings, statements=2000)
    yield engine
    await engine.dispose()


@pytest.fixture
async def connection(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """The connection of this test, inside the transaction that ends with it."""
    async with engine.connect() as connection:
        outer = await connection.begin()
        # A test may think for longer than a request; what the service does about those has tests of its own.
        await connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
        yield connection
        await outer.rollback()


@pytest.fixture
async def database(engine: AsyncEngine, connection: AsyncConnection) -> Database:
    return await savepoint_database(engine, connection)


@pytest.fixture
async def session(database: Database) -> AsyncIterator[AsyncSession]:
    """For the test's own rows; flush is enough for the app to see them."""
    async with database.sessions() as session:
        yield session


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def now(clock: Clock) -> datetime:
    """What time it is when the test begins; ``clock.advance(minutes=16)`` moves on."""
    return clock.now


@pytest.fixture(scope="session")
def application(settings: Settings) -> FastAPI:
    """Built once: the routes and their schemas take longer than most tests."""
    return make_app(settings)


@pytest.fixture
def wechat() -> FakeWeChat:
    return FakeWeChat()


@pytest.fixture
def app(
    application: FastAPI, settings: Settings, database: Database, clock: Clock, wechat: FakeWeChat
) -> FastAPI:
    """What a test changes in ``app.state`` is set anew for the next one."""
    state = application.state
    state.settings, state.database = settings, database
    state.code_exchange, state.oauth_exchange, state.doors = wechat, wechat, wechat
    set_limits(application)
    state.clock = clock.read
    return application


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[Caller]:
    """Nobody in particular."""
    async with Caller(app) as caller:
        yield caller


@pytest.fixture
async def caller_for(
    app: FastAPI, session: AsyncSession, settings: Settings, now: datetime
) -> AsyncIterator[CallerFor]:
    """Signs somebody in: ``stranger = await caller_for(await make_customer(session))``."""
    callers: list[Caller] = []

    async def sign_in(person: Customer | Staff | Engineer) -> Caller:
        whose = await session.get_one(Staff, person.id) if isinstance(person, Engineer) else person
        token = await token_for(session, whose, now=now, settings=settings)
        callers.append(Caller(app, token, whose))
        return callers[-1]

    yield sign_in
    for caller in callers:
        await caller.aclose()


@pytest.fixture
async def customer(session: AsyncSession) -> Customer:
    return await make_customer(session)


@pytest.fixture
async def engineer(session: AsyncSession) -> Engineer:
    return await make_engineer(session)


@pytest.fixture
async def as_customer(caller_for: CallerFor, customer: Customer) -> Caller:
    return await caller_for(customer)


@pytest.fixture
async def as_engineer(caller_for: CallerFor, engineer: Engineer) -> Caller:
    return await caller_for(engineer)


@pytest.fixture
async def as_agent(caller_for: CallerFor, session: AsyncSession) -> Caller:
    return await caller_for(await make_staff(session, role=StaffRole.AGENT, name="林客服"))


@pytest.fixture
async def as_manager(caller_for: CallerFor, session: AsyncSession) -> Caller:
    return await caller_for(await make_staff(session, role=StaffRole.MANAGER, name="周主管"))


@pytest.fixture
async def as_admin(caller_for: CallerFor, session: AsyncSession) -> Caller:
    return await caller_for(await make_staff(session, role=StaffRole.ADMIN, name="管理员"))


@pytest.fixture
async def live(servers: Servers, settings: Settings) -> AsyncIterator[Live]:
    """A database and an app of one's own, with real commits and real concurrency; see ``Live``."""
    async with live_copy(servers, settings, "live") as live:
        yield live


@pytest.fixture
async def live_database(live: Live) -> Database:
    return live.database


@pytest.fixture(scope="session")
async def sandbox_program() -> AsyncIterator[Sandbox]:
    async with running_sandbox() as sandbox:
        yield sandbox


@pytest.fixture
async def sandbox(sandbox_program: Sandbox) -> Sandbox:
    """A stand-in of WeChat on a real socket, as if it had just been made."""
    await sandbox_program.reset()
    return sandbox_program


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with running_browser(await asyncio.to_thread(find)) as browser:
        yield browser


@pytest.fixture
async def page(browser: Browser) -> AsyncIterator[Page]:
    """A window of 1440 by 900 without memories; anything red in its console fails the test."""
    async with open_page(browser) as page:
        yield page

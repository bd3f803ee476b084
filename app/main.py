"""The composition root: builds the web process from its settings, and opens what the requests share."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from app.bell import Bell
from app.clock import real_time
from app.collector import keep_what_is_loaded
from app.db import Database, open_database
from app.domain.triage import standing_rules
from app.edge.hot_paths import HotPaths
from app.edge.limits import BodyLimits
from app.edge.openapi.describe import describe, operation_id
from app.edge.openapi.going import TellsOfGoing, standing
from app.edge.packed import Packed
from app.edge.problems import LastResort, handle_problems
from app.edge.rates import RateLimit
from app.edge.routes import Routes
from app.edge.trace import Trace
from app.integrations.storage import open_store
from app.platform import accounts, open_platform
from app.routers import (
    alarms,
    api_tokens,
    assets,
    attachments,
    catalogue,
    complaints,
    consents,
    console,
    content,
    contractors,
    customers,
    dispatch,
    door_pages,
    doors,
    engineers,
    evidence,
    field,
    follow_ups,
    h5,
    health,
    hot,
    hotline,
    households,
    inbox,
    incidents,
    kpi,
    labels,
    me,
    membership,
    messages,
    oauth,
    page_assets,
    parts,
    prices,
    privacy,
    promises,
    quotes,
    rosters,
    routing,
    second_factor,
    service_levels,
    sessions,
    staff,
    tickets,
    transfers,
    trials,
    urgings,
    visits,
    warranties,
    webhooks,
    wechat,
    work_rules,
)
from app.services.attachments.urls import photo_urls
from app.services.doors.follow_code import FollowCode
from app.services.doors.ports import Doors
from app.services.doors.stickers import Stickers
from app.services.inbound.store import Inbox
from app.services.promises.book import kept_current
from app.services.sessions.ports import CodeExchange, OAuthExchange
from app.services.templates.declared import declared_registry
from app.services.tickets.arrivals import Arrivals
from app.services.tickets.first_page import FirstPages
from app.services.tickets.look import Looks
from app.services.tickets.stream import TicketStream
from app.settings import Settings

# Asked in this order; each carries its whole prefix itself, by which it knows what is nothing to it (app.edge.routes).
ROUTERS: tuple[Routes, ...] = (
    tickets.router,
    evidence.router,
    wechat.router,
    attachments.router,
    sessions.router,
    me.router,
    privacy.router,
    privacy.proofs,
    privacy.mine,
    privacy.texts,
    assets.router,
    households.router,
    households.pages,
    transfers.router,
    transfers.pages,
    labels.router,
    catalogue.router,
    prices.router,
    inbox.router,
    consents.router,
    alarms.router,
    kpi.router,
    rosters.router,
    parts.router,
    visits.router,
    visits.pages,
    dispatch.router,
    work_rules.router,
    contractors.router,
    content.reviews,
    content.router,
    customers.router,
    customers.merges,
    membership.router,
    messages.router,
    quotes.router,
    follow_ups.router,
    complaints.router,
    complaints.of_tickets,
    complaints.links,
    complaints.pages,
    incidents.router,
    incidents.of_tickets,
    follow_ups.wishes,
    warranties.router,
    service_levels.router,
    webhooks.router,
    hotline.router,
    routing.teams,
    routing.router,
    routing.of_tickets,
    second_factor.router,
    staff.router,
    trials.router,
    engineers.router,
    api_tokens.router,
    api_tokens.partners,
    promises.router,
    urgings.router,
    oauth.router,
    *h5.ROUTERS,
    page_assets.router,
    doors.router,
    door_pages.router,
    *console.ROUTERS,
    *field.ROUTERS,
    health.router,
)


def create_app(
    settings: Settings,
    *,
    database: Database | None = None,
    code_exchange: CodeExchange | None = None,
    oauth_exchange: OAuthExchange | None = None,
    doors_to_wechat: Doors | None = None,
) -> FastAPI:
    """``database`` is for callers who open and close their own; otherwise the lifespan does."""
    # A weak key must stop the process now, not the first sign-in.
    settings.signing_key()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        if database is not None:
            yield
            return
        async with _opened(app, settings):
            yield

    shown = settings.environment != "production"
    app = FastAPI(
        title="Huixiang 回响",
        summary="After-sales service on WeChat.",
        version="1",
        lifespan=lifespan,
        generate_unique_id_function=operation_id,
        openapi_url="/openapi.json" if shown else None,
        docs_url="/docs" if shown else None,
        redoc_url=None,
        # Figures and trace ids are ours (app.edge); asking each request whether a collector came costs a tenth of it.
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    _share(app, settings)
    app.state.database = database
    app.state.doors = doors_to_wechat
    app.state.code_exchange = code_exchange
    app.state.oauth_exchange = oauth_exchange
    for router in ROUTERS:
        app.include_router(router)
    handle_problems(app)
    going = standing()
    describe(app, going)
    # The last one added is the outermost.
    app.add_middleware(Packed)
    app.add_middleware(HotPaths, paths=list(hot.HOT_PATHS), handlers=app.exception_handlers)
    app.add_middleware(BodyLimits)
    app.add_middleware(LastResort)
    if going:
        app.add_middleware(TellsOfGoing, going=going)
    app.add_middleware(Trace, access_log=settings.access_log)
    return app


def _share(app: FastAPI, settings: Settings) -> None:
    """What all requests use, as far as the settings alone say it."""
    app.state.settings = settings
    app.state.clock = real_time
    # Of the settings, until the lifespan has opened the table of accounts.
    app.state.accounts = accounts(settings)
    app.state.registry = declared_registry(settings)
    app.state.store = open_store(settings.storage_url)
    app.state.photo_urls = photo_urls(settings)
    app.state.stickers = Stickers(settings.signing_key(), settings.public_base_url)
    app.state.follow_code = FollowCode()
    app.state.ticket_stream = TicketStream(lambda: app.state.database.reads.acquire())
    app.state.looks = Looks(lambda: app.state.database)
    app.state.first_pages = FirstPages(lambda: app.state.database)
    app.state.arrivals = Arrivals(lambda: app.state.database)
    app.state.inbox = Inbox(lambda: app.state.database.callbacks, settings.callback_seconds)
    set_limits(app)


def set_limits(app: FastAPI) -> None:
    """Nothing of them is spent. Customers share addresses behind their carriers; staff sit in few places."""
    app.state.code_limit = RateLimit(300)
    app.state.password_limit = RateLimit(30)
    app.state.link_limit = RateLimit(120)
    app.state.complaint_limit = RateLimit(120)
    app.state.token_limit = RateLimit(300)


@asynccontextmanager
async def _opened(app: FastAPI, settings: Settings) -> AsyncIterator[None]:
    """What lives as long as the process does: database, WeChat, and the bell that wakes the streams."""
    # Read now: the first report would hold up all other requests for half a second.
    standing_rules()
    keep_what_is_loaded()
    bell = Bell(settings.database_url)
    async with open_database(settings) as database, open_platform(settings, database, bell) as platform:
        app.state.database = database
        app.state.accounts = platform.accounts
        app.state.registry = platform.registry
        # What the caller brought stays.
        app.state.doors = app.state.doors or platform
        app.state.code_exchange = platform
        app.state.oauth_exchange = platform
        app.state.ticket_stream = TicketStream(database.reads.acquire, bell)
        async with bell.listening(), kept_current(database.reads.acquire):
            yield

"""Composition of the sandbox."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Mount, Route

from sandbox import callbacks, control, inspection, oauth, phone, site
from sandbox import world as worlds
from sandbox.answers import HANDLERS
from sandbox.carrying import Carrier, carry
from sandbox.endpoints import ENDPOINTS
from sandbox.guard import BearerGuard
from sandbox.settings import Settings
from sandbox.webview import Browsers
from sandbox.wire import Wire
from sandbox.world import World

_UPKEEP_SECONDS = 5.0


def create_app(settings: Settings, carrier: Carrier = carry) -> Starlette:
    """`carrier` brings callbacks; tests hand one in that ends in an application of their own."""
    world = worlds.create(settings, carrier)
    wire = Wire(world, ENDPOINTS)
    browsers = Browsers(world)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        background = [asyncio.create_task(world.courier.run()), asyncio.create_task(_upkeep(world))]
        try:
            yield
        finally:
            for task in background:
                task.cancel()
            await asyncio.gather(*background, return_exceptions=True)
            await browsers.close()
            await world.courier.close()
            world.store.close()

    app = Starlette(
        routes=[
            *site.ROUTES,
            *phone.ROUTES,
            *(Route(f"/{prefix}/{{path:path}}", wire) for prefix in ("cgi-bin", "sns", "wxa")),
            Route("/connect/oauth2/authorize", oauth.authorize),
            Mount(
                "/_sandbox",
                routes=[*control.ROUTES, *inspection.ROUTES],
                middleware=[Middleware(BearerGuard, secret=settings.secret)],
            ),
        ],
        exception_handlers=HANDLERS,
        lifespan=lifespan,
    )
    app.state.world, app.state.browsers = world, browsers
    return app


async def _upkeep(world: World) -> None:
    while True:
        await asyncio.sleep(_UPKEEP_SECONDS)
        await world.store.checkpoint()
        with world.store.writing():
            callbacks.prune(world.store, world.settings.keep_calls)

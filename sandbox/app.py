"""Composition of the sandbox."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route

from sandbox import bursts, callbacks, codes, control, inspection, links, media, oauth, phone, rules, site
from sandbox import world as worlds
from sandbox.answers import HANDLERS, world_of
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
        works = (world.courier.run(), world.checker.run(), bursts.run(world), _upkeep(world))
        background = [asyncio.create_task(work) for work in works]
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
            *(Route(f"/{prefix}/{{path:path}}", wire) for prefix in ("cgi-bin", "sns", "wxa", "wxaapi")),
            Route("/connect/oauth2/authorize", oauth.authorize),
            *links.ROUTES,
            Route("/mmbiz/{media_id}", show_media),
            Mount(
                "/_sandbox",
                routes=[*control.ROUTES, *rules.ROUTES, *inspection.ROUTES],
                middleware=[Middleware(BearerGuard, secret=settings.secret)],
            ),
        ],
        exception_handlers=HANDLERS,
        lifespan=lifespan,
    )
    app.state.world, app.state.browsers = world, browsers
    return app


async def show_media(request: Request) -> Response:
    """Pictures in a chat, for whoever has their address."""
    world, media_id = world_of(request), request.path_params["media_id"]
    medium = media.find(world, None, media_id)
    if medium is None:
        return Response(status_code=404)
    headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "private, max-age=3600"}
    return Response(media.body_of(world.store, media_id), media_type=medium.mime, headers=headers)


async def _upkeep(world: World) -> None:
    while True:
        await asyncio.sleep(_UPKEEP_SECONDS)
        await world.store.checkpoint()
        with world.store.writing():
            callbacks.prune(world.store, world.settings.keep_calls)
            media.forget_expired(world)
            codes.forget_expired(world)

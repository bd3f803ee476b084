"""The browser in each phone. It stands between the page of the sandbox and the product, because one real browser
shows several phones: each gets a port and cookies of its own, and its pages get the `wx` that WeChat would give."""

import asyncio
import contextlib
import secrets
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from sandbox import crypto, oauth, passing
from sandbox.site import PAGES
from sandbox.world import World

# More phones than anybody holds at once.
_MOST = 24
_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


@dataclass(frozen=True, slots=True)
class Browser:
    port: int
    key: str
    server: uvicorn.Server
    task: asyncio.Task[None]
    client: httpx.AsyncClient


def product_of(world: World) -> str | None:
    """The service that this platform's official account belongs to, as an origin."""
    service = world.accounts.service()
    if service is None or not service.callback_url:
        return None
    target = urlsplit(service.callback_url)
    return f"{target.scheme}://{target.netloc}"


class Browsers:
    def __init__(self, world: World) -> None:
        self._world = world
        self._open: dict[str, Browser] = {}
        self._opening = asyncio.Lock()

    async def of(self, user_id: str) -> Browser:
        async with self._opening:
            if user_id not in self._open:
                if len(self._open) >= _MOST:
                    await self._close(next(iter(self._open)))
                self._open[user_id] = await self._start(user_id)
            return self._open[user_id]

    def forget(self) -> None:
        """The platform begins anew: nobody is signed in anywhere any more."""
        for browser in self._open.values():
            browser.client.cookies.clear()

    async def close(self) -> None:
        for user_id in list(self._open):
            await self._close(user_id)

    async def _start(self, user_id: str) -> Browser:
        listener = socket.socket()
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        key = secrets.token_urlsafe(24)
        client = httpx.AsyncClient(trust_env=False, timeout=httpx.Timeout(10, read=None))
        app = _application(self._world, user_id, port, key, client)
        config = uvicorn.Config(app, log_level="warning", access_log=False, lifespan="off", ws="none")
        config.timeout_graceful_shutdown = 1
        server = QuietServer(config)
        task = asyncio.create_task(server.serve(sockets=[listener]))
        await server.listening.wait()
        return Browser(port, key, server, task, client)

    async def _close(self, user_id: str) -> None:
        browser = self._open.pop(user_id)
        browser.server.should_exit = True
        await browser.task
        await browser.client.aclose()


class QuietServer(uvicorn.Server):
    """One of several in a process: signals are for the first."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listening.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _application(world: World, user_id: str, port: int, key: str, client: httpx.AsyncClient) -> Starlette:
    # Cookies of one host are seen on all its ports, so the name tells the phones apart.
    cookie = f"phone_{port}"

    def admit(request: Request) -> None:
        """Only the page that got the key; else every site could use what is signed in here."""
        if not crypto.same(request.cookies.get(cookie, ""), key):
            raise HTTPException(403, "this browser belongs to a phone of the sandbox")

    async def begin(request: Request) -> Response:
        target = request.query_params.get("to", "/")
        if not crypto.same(request.query_params.get("key", ""), key) or not _is_path(target):
            raise HTTPException(403)
        response = RedirectResponse(target, 303)
        response.set_cookie(cookie, key, httponly=True, samesite="strict")
        return response

    async def bridge(_request: Request) -> Response:
        return FileResponse(PAGES / "js" / "wx.js", media_type="text/javascript")

    async def authorize(request: Request) -> Response:
        admit(request)
        holder = f"{oauth.USER_COOKIE}={user_id}".encode()
        request.scope["headers"] = [(b"cookie", holder)]
        response = await oauth.authorize(Request(request.scope, request.receive))
        if response.media_type == "text/html":
            # Who refuses is sent to the product by a link; here that is a link within this browser.
            return HTMLResponse(bytes(response.body).replace(f'"{product_of(world)}/'.encode(), b'"/'))
        return passing.at_home(response, product_of(world))

    async def forward(request: Request) -> Response:
        admit(request)
        product = product_of(world)
        if product is None:
            raise HTTPException(502)
        return await passing.pass_on(client, request, product)

    app = Starlette(
        routes=[
            Route("/__phone/open", begin),
            Route("/__phone/wx.js", bridge),
            Route("/connect/oauth2/authorize", authorize),
            Route("/{path:path}", forward, methods=_METHODS),
        ]
    )
    app.state.world = world
    return app


def _is_path(target: str) -> bool:
    return target.startswith("/") and not target.startswith(("//", "/\\"))

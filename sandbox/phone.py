"""The phones: one page, live. Reading it and acting as its owner needs no secret where it is open (loopback);
everything that only the platform's operator may do stays behind the bearer secret of the control API."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from dataclasses import asdict
from pathlib import Path

import orjson
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from sandbox import crypto, guard, messages, people, qrcodes
from sandbox.answers import Json, world_of
from sandbox.gestures import BY_HAND, Gesture, perform
from sandbox.world import World

_PAGE = (Path(__file__).parent / "phone.html").read_text("utf-8")
# Only our own page knows it: another site that the browser visits can post here, but cannot read this.
_KEY = secrets.token_urlsafe(24)
_KEY_HEADER = "x-phone-key"
_HISTORY = 200
_PAGE_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'self' 'unsafe-inline'; img-src data:; frame-ancestors 'self'",
}
# News are gathered this long before they are sent, so that a burst costs one query and not a thousand.
_GATHER_SECONDS = 0.03
_KEEP_ALIVE_SECONDS = 20


def _admit(request: Request) -> World:
    world = world_of(request)
    secret = world.settings.secret
    if not (
        world.settings.open_phone or guard.has_bearer(request, secret) or guard.has_cookie(request, secret)
    ):
        raise HTTPException(401, "open this page with ?secret=…")
    return world


async def page(request: Request) -> Response:
    given = request.query_params.get("secret")
    if given and crypto.same(given, world_of(request).settings.secret):
        response = RedirectResponse(request.url.path, 303)
        response.set_cookie(guard.SECRET_COOKIE, given, httponly=True, samesite="strict")
        return response
    _admit(request)
    return HTMLResponse(_PAGE.replace("{{phone-key}}", _KEY), headers=_PAGE_HEADERS)


async def directory(request: Request) -> Response:
    world = _admit(request)
    service = world.accounts.service()
    return Json(
        {
            "users": [_listed(world, user) for user in people.users(world.store)],
            "account": None if service is None else {"name": service.name, "menu": service.menu},
            "newest": _newest(world),
        }
    )


def _listed(world: World, user: people.User) -> dict[str, object]:
    service = world.accounts.service()
    who = people.by_user(world.store, service.appid, user.id) if service else None
    state = {"follows": who.follows, "blocked_push": who.blocked_push} if who else {}
    return {**asdict(user), **state}


def _newest(world: World) -> int:
    row = world.store.one("SELECT max(id) AS id FROM messages")
    return int(row["id"] or 0) if row else 0


async def chat(request: Request) -> Response:
    world = _admit(request)
    return Json({"items": messages.latest_of(world.store, request.path_params["user_id"], _HISTORY)})


async def act(request: Request) -> Response:
    world = _admit(request)
    if not crypto.same(request.headers.get(_KEY_HEADER, ""), _KEY):
        raise HTTPException(403, "not from this page")
    gesture = Gesture.model_validate_json(await request.body())
    if gesture.act not in BY_HAND:
        raise HTTPException(403, "only with the control API")
    return Json(perform(world, request.path_params["user_id"], gesture))


async def stream(request: Request) -> Response:
    world = _admit(request)
    since = request.headers.get("last-event-id") or request.query_params.get("since", "0")
    start = int(since) if since.isdecimal() else 0
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(_news(world, start), media_type="text/event-stream", headers=headers)


async def _news(world: World, since: int) -> AsyncIterator[bytes]:
    delivered_since = world.clock.stamp()
    yield b"retry: 1000\n\n"
    while True:
        change = world.hub.next_change()
        fresh = messages.news(world.store, since, delivered_since)
        for message in fresh:
            since = max(since, message.id)
            delivered_since = max(delivered_since, message.delivered_at or 0)
            yield b"id: %d\ndata: %s\n\n" % (since, orjson.dumps(message))
        if not fresh:
            # Nobody got a message, so something else changed: who follows, or the menu.
            yield b"event: changed\ndata: {}\n\n"
        try:
            async with asyncio.timeout(_KEEP_ALIVE_SECONDS):
                await change.wait()
        except TimeoutError:
            yield b": still here\n\n"
        await asyncio.sleep(_GATHER_SECONDS)


async def show_qrcode(request: Request) -> Response:
    code = qrcodes.find(world_of(request), ticket=request.query_params.get("ticket", ""))
    if code is None:
        return Response(status_code=404)
    return Response(qrcodes.picture(code), media_type="image/jpg")


ROUTES = [
    Route("/", page),
    Route("/sandbox", page),
    Route("/phone/directory", directory),
    Route("/phone/stream", stream),
    Route("/phone/{user_id}/chat", chat),
    Route("/phone/{user_id}/act", act, methods=["POST"]),
    Route("/cgi-bin/showqrcode", show_qrcode),
]

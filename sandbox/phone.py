"""What the phones on the page read and do. Reading and acting as an owner needs no secret where the page is open
(loopback); everything that only the platform's operator may do stays behind the bearer secret."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import asdict

import orjson
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from sandbox import consents, messages, people, qrcodes
from sandbox.answers import Json, world_of
from sandbox.control import clock_shown
from sandbox.gestures import BY_HAND, Gesture, perform
from sandbox.records import Account
from sandbox.site import admit, admit_owner
from sandbox.webview import Browsers, product_of
from sandbox.world import World

_HISTORY = 200
_CODES = 40
# News are gathered this long before they are sent, so that a burst costs one query and not a thousand.
_GATHER_SECONDS = 0.03
_KEEP_ALIVE_SECONDS = 20


async def directory(request: Request) -> Response:
    world = admit(request)
    service, mini = world.accounts.service(), world.accounts.mini()
    return Json(
        {
            "users": _listed(world),
            "account": None if service is None else {**_named(service), "menu": service.menu},
            "mini": None if mini is None else _named(mini),
            "templates": [] if mini is None else _subscriptions(mini),
            "product": product_of(world),
            "clock": clock_shown(world.clock),
            "newest": _newest(world),
        }
    )


def _named(account: Account) -> dict[str, str]:
    return {"appid": account.appid, "name": account.name}


def _subscriptions(mini: Account) -> list[dict[str, str]]:
    return [{"id": t.id, "title": t.title} for t in mini.templates if t.kind_in(mini.kind) == "one_time"]


def _listed(world: World) -> list[dict[str, object]]:
    service = world.accounts.service()
    rows = world.store.all("SELECT user_id, max(id) AS id FROM messages GROUP BY user_id")
    newest = {row["user_id"]: row["id"] for row in rows}
    listed: list[dict[str, object]] = []
    for user in people.users(world.store):
        who = people.by_user(world.store, service.appid, user.id) if service else None
        state = {"follows": who.follows, "blocked_push": who.blocked_push} if who else {}
        listed.append({**asdict(user), **state, "newest": newest.get(user.id, 0)})
    return listed


def _newest(world: World) -> int:
    row = world.store.one("SELECT max(id) AS id FROM messages")
    return int(row["id"] or 0) if row else 0


async def chat(request: Request) -> Response:
    world, user_id = admit(request), request.path_params["user_id"]
    agreed = consents.listed(world.store, user=user_id)
    return Json({"items": messages.latest_of(world.store, user_id, _HISTORY), "consents": agreed})


async def act(request: Request) -> Response:
    world = admit_owner(request)
    gesture = Gesture.model_validate_json(await request.body())
    if gesture.act not in BY_HAND:
        raise HTTPException(403, "only with the control API")
    return Json(perform(world, request.path_params["user_id"], gesture))


async def browser(request: Request) -> Response:
    """Where the browser of this phone listens; pages of the product open there."""
    world, user_id = admit_owner(request), request.path_params["user_id"]
    product = product_of(world)
    if product is None:
        raise HTTPException(409, "no service is configured")
    if people.user(world.store, user_id) is None:
        raise HTTPException(404, "no such user")
    browsers: Browsers = request.app.state.browsers
    opened = await browsers.of(user_id)
    return Json({"port": opened.port, "key": opened.key, "product": product})


async def codes(request: Request) -> Response:
    """What a camera could be held at: the newest codes that still work."""
    world = admit(request)
    rows = world.store.all(
        "SELECT ticket, scene, expires_at FROM qrcodes WHERE expires_at IS NULL OR expires_at > ?"
        " ORDER BY expires_at IS NULL, expires_at DESC LIMIT ?",
        world.clock.now(),
        _CODES,
    )
    return Json({"items": [dict(row) for row in rows]})


async def stream(request: Request) -> Response:
    world = admit(request)
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
    Route("/phone/directory", directory),
    Route("/phone/stream", stream),
    Route("/phone/codes", codes),
    Route("/phone/{user_id}/chat", chat),
    Route("/phone/{user_id}/act", act, methods=["POST"]),
    Route("/phone/{user_id}/browser", browser, methods=["POST"]),
    Route("/cgi-bin/showqrcode", show_qrcode),
]

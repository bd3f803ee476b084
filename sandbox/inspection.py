"""The reading half of the control API."""

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox import callbacks, calls, messages, people, templates
from sandbox.answers import Json, world_of
from sandbox.control import describe

_LIMIT = 1000


def _number(request: Request, name: str, default: int) -> int:
    text = request.query_params.get(name, "")
    return int(text) if text.isdecimal() else default


def _span(request: Request) -> tuple[int, int]:
    return _number(request, "since", 0), min(_number(request, "limit", _LIMIT), 10 * _LIMIT)


def _page(
    rows: Sequence[messages.Message] | Sequence[callbacks.Callback] | Sequence[calls.LoggedCall], since: int
) -> Response:
    return Json({"items": rows, "next": rows[-1].id if rows else since})


async def get_state(request: Request) -> Response:
    world = world_of(request)
    return Json(
        {
            "accounts": world.accounts.all(),
            "users": [describe(world, user) for user in people.users(world.store)],
            "faults": world.faults.rules,
            "clock": {"now": world.clock.now(), "offset": world.clock.offset},
            "pending_callbacks": callbacks.pending(world.store),
        }
    )


async def get_messages(request: Request) -> Response:
    since, limit = _span(request)
    rows = messages.after(
        world_of(request).store,
        since,
        openid=request.query_params.get("openid"),
        channel=request.query_params.get("channel"),
        limit=limit,
    )
    return _page(rows, since)


async def get_callbacks(request: Request) -> Response:
    since, limit = _span(request)
    return _page(callbacks.after(world_of(request).store, since, limit), since)


async def get_requests(request: Request) -> Response:
    since, limit = _span(request)
    path = request.query_params.get("path")
    return _page(calls.after(world_of(request).store, since, path=path, limit=limit), since)


async def get_faults(request: Request) -> Response:
    return Json({"items": world_of(request).faults.rules})


async def get_quiet(request: Request) -> Response:
    """Quiet: no callback is owed and no request is under way."""
    world = world_of(request)
    pending = callbacks.pending(world.store)
    return Json(
        {"quiet": pending == 0 and world.under_way == 0, "callbacks": pending, "requests": world.under_way}
    )


async def get_stats(request: Request) -> Response:
    counters = world_of(request).store.counters()
    fetches = sum(counters.get(f"calls:{path}", 0) for path in ("/cgi-bin/token", "/cgi-bin/stable_token"))
    return Json(
        {
            "template_calls": counters.get(f"calls:{templates.PATH}", 0),
            "template_sends": counters.get("template_sends", 0),
            "deduplicated": counters.get("deduplicated", 0),
            "custom_sends": counters.get("custom_sends", 0),
            "token_fetches": fetches,
            "callbacks_pending": callbacks.pending(world_of(request).store),
            "calls": _under(counters, "calls:"),
            "errors": _under(counters, "errors:"),
        }
    )


def _under(counters: dict[str, int], prefix: str) -> dict[str, int]:
    return {name.removeprefix(prefix): n for name, n in counters.items() if name.startswith(prefix)}


ROUTES = [
    Route("/state", get_state),
    Route("/messages", get_messages),
    Route("/callbacks", get_callbacks),
    Route("/requests", get_requests),
    Route("/faults", get_faults),
    Route("/assert/quiet", get_quiet),
    Route("/stats", get_stats),
]

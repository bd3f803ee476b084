"""The reading half of the control API: what a test asks for, and what a console draws."""

import re
from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox import callbacks, calls, consents, links, media, messages, people, qrcodes, shelves, templates
from sandbox.answers import Json, world_of
from sandbox.callbacks import Callback
from sandbox.calls import LoggedCall
from sandbox.control import clock_shown, describe, masked
from sandbox.messages import Message
from sandbox.paging import Page

_LIMIT = 1000
_NUMBER = re.compile(r"-?[0-9]{1,15}")


def _number(request: Request, name: str) -> int | None:
    text = request.query_params.get(name, "")
    return int(text) if _NUMBER.fullmatch(text) else None


def _page(request: Request) -> Page:
    limit = min(max(_number(request, "limit") or _LIMIT, 1), 10 * _LIMIT)
    return Page(_number(request, "since") or 0, _number(request, "before"), limit)


def _listed(page: Page, rows: Sequence[Message] | Sequence[Callback] | Sequence[LoggedCall]) -> Response:
    return Json({"items": rows, "next": page.next([row.id for row in rows])})


async def get_state(request: Request) -> Response:
    world = world_of(request)
    return Json(
        {
            "accounts": [masked(account) for account in world.accounts.all()],
            "users": [describe(world, user) for user in people.users(world.store)],
            "faults": world.faults.rules,
            "clock": clock_shown(world.clock),
            "pending_callbacks": callbacks.pending(world.store),
        }
    )


async def get_accounts(request: Request) -> Response:
    return Json({"items": [masked(account) for account in world_of(request).accounts.all()]})


async def get_messages(request: Request) -> Response:
    page, asked = _page(request), request.query_params
    filters = {"openid": asked.get("openid"), "channel": asked.get("channel"), "user_id": asked.get("user")}
    return _listed(page, messages.page(world_of(request).store, page, filters))


async def get_callbacks(request: Request) -> Response:
    page, asked = _page(request), request.query_params
    filters = {"event": asked.get("event"), "status": asked.get("status")}
    return _listed(page, callbacks.page(world_of(request).store, page, filters))


async def get_requests(request: Request) -> Response:
    page, asked = _page(request), request.query_params
    filters = {
        "path": asked.get("path"),
        "errcode": _number(request, "errcode"),
        "appid": asked.get("appid"),
    }
    return _listed(page, calls.page(world_of(request).store, page, filters))


async def get_quotas(request: Request) -> Response:
    world = world_of(request)
    listed = shelves.quotas_of(world, request.query_params.get("appid"))
    return Json({"items": listed, "resets_at": world.clock.next_midnight()})


async def get_tokens(request: Request) -> Response:
    return Json({"items": shelves.tokens_of(world_of(request), request.query_params.get("appid"))})


async def get_templates(request: Request) -> Response:
    return Json({"items": shelves.templates_of(world_of(request), request.query_params.get("appid"))})


async def get_users(request: Request) -> Response:
    world, role = world_of(request), request.query_params.get("role")
    return Json({"items": [shelves.person(world, user) for user in people.users(world.store, role)]})


async def get_consents(request: Request) -> Response:
    asked = request.query_params
    listed = consents.listed(world_of(request).store, user=asked.get("user"), appid=asked.get("appid"))
    return Json({"items": listed})


async def get_links(request: Request) -> Response:
    return Json({"items": links.newest(world_of(request).store, _page(request).limit)})


async def get_media(request: Request) -> Response:
    return Json({"items": media.newest(world_of(request).store, _page(request).limit)})


async def get_qrcodes(request: Request) -> Response:
    return Json({"items": qrcodes.newest(world_of(request).store, _page(request).limit)})


async def get_clock(request: Request) -> Response:
    return Json(clock_shown(world_of(request).clock))


async def get_quiet(request: Request) -> Response:
    """Quiet: no callback is owed, no picture waits for its check, and no request is under way."""
    world = world_of(request)
    owed, checks = callbacks.pending(world.store), world.checker.pending()
    quiet = owed == 0 and checks == 0 and world.under_way == 0
    return Json({"quiet": quiet, "callbacks": owed, "checks": checks, "requests": world.under_way})


async def get_stats(request: Request) -> Response:
    counters = world_of(request).store.counters()
    fetches = sum(counters.get(f"calls:{path}", 0) for path in ("/cgi-bin/token", "/cgi-bin/stable_token"))
    return Json(
        {
            "template_calls": counters.get(f"calls:{templates.PATH}", 0),
            "template_sends": counters.get("template_sends", 0),
            "subscribe_sends": counters.get("subscribe_sends", 0),
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
    Route("/accounts", get_accounts),
    Route("/messages", get_messages),
    Route("/callbacks", get_callbacks),
    Route("/requests", get_requests),
    Route("/quotas", get_quotas),
    Route("/tokens", get_tokens),
    Route("/templates", get_templates),
    Route("/users", get_users),
    Route("/consents", get_consents),
    Route("/links", get_links),
    Route("/media", get_media),
    Route("/qrcodes", get_qrcodes),
    Route("/clock", get_clock),
    Route("/assert/quiet", get_quiet),
    Route("/stats", get_stats),
]

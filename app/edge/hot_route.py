"""A route that answers the usual request of a hot path without what FastAPI does around it (ADR 4).

FastAPI's own route of the same path stays: it is the contract and the documentation, and it answers whatever is
not usual, so that every refusal is worded in one place.
"""

import re
from collections.abc import Awaitable, Callable

from fastapi import Request, Response
from starlette.routing import BaseRoute, Match, compile_path
from starlette.types import Message, Receive, Scope, Send

Answer = Callable[[Request], Awaitable[Response | None]]

_PASSED_ON = "huixiang.passed_on"
# What a path may hold in place of a name: anything else is for FastAPI to refuse.
_PLAIN = re.compile(r"[0-9A-Za-z]{1,40}")


class HotRoute(BaseRoute):
    """``answer`` gives None for a request that it would rather leave to FastAPI. A query is never usual."""

    def __init__(self, method: str, path: str, answer: Answer) -> None:
        # The metrics name a request by the path of its route.
        self.path = path
        self._method, self._answer = method, answer
        self._pattern, _, _ = compile_path(path)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        if scope["type"] != "http" or scope["method"] != self._method:
            return Match.NONE, {}
        found = self._pattern.match(scope["path"])
        if found is None or scope["query_string"] or _PASSED_ON in scope:
            return Match.NONE, {}
        params = found.groupdict()
        if not all(map(_PLAIN.fullmatch, params.values())):
            return Match.NONE, {}
        return Match.FULL, {"path_params": params, "route": self}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive, send)
        response = await self._answer(request)
        if response is not None:
            await response(scope, receive, send)
            return
        scope[_PASSED_ON] = True
        await scope["router"](scope, _again(await request.body(), receive), send)


def _again(body: bytes, receive: Receive) -> Receive:
    """The body once more, for whoever has not read it."""
    told = False

    async def replayed() -> Message:
        nonlocal told
        if told:
            return await receive()
        told = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replayed

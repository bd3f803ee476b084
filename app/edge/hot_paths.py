"""Answers the usual request of a hot path without what FastAPI does around a route (ADR 4).

FastAPI's own route of the same path stays: it is the contract and the documentation, and it answers whatever is not
usual. What a short way raises is worded by the handlers that FastAPI would ask.
"""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from fastapi import Request, Response
from starlette.routing import compile_path
from starlette.types import ASGIApp, Message, Receive, Scope, Send

Answer = Callable[[Request], Awaitable[Response | None]]
Handlers = Mapping[int | type[Exception], Callable[[Request, Any], Any]]

# What a path may hold in place of a name: anything else is for FastAPI to refuse.
_PLAIN = re.compile(r"[0-9A-Za-z]{1,40}")


class HotPath:
    """``answer`` gives None for a request that it would rather leave to FastAPI. A query is never usual."""

    def __init__(self, method: str, path: str, answer: Answer) -> None:
        # The metrics name a request by the path of its route.
        self.path = path
        self.answer = answer
        self._method = method
        self._pattern, _, _ = compile_path(path)

    def params(self, scope: Scope) -> dict[str, str] | None:
        """What the path holds in place of names; None when the request is for somebody else."""
        if scope["method"] != self._method or scope["query_string"]:
            return None
        found = self._pattern.match(scope["path"])
        if found is None:
            return None
        params = found.groupdict()
        return params if all(map(_PLAIN.fullmatch, params.values())) else None


class HotPaths:
    """All limits and figures are around it; within it only what compresses the answers of the others."""

    def __init__(self, app: ASGIApp, *, paths: Sequence[HotPath], handlers: Handlers) -> None:
        self._app = app
        self._paths = paths
        self._handlers = handlers
        self._worded = tuple(kind for kind in handlers if isinstance(kind, type))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            for path in self._paths:
                params = path.params(scope)
                if params is not None:
                    await self._short(path, params, scope, receive, send)
                    return
        await self._app(scope, receive, send)

    async def _short(
        self, path: HotPath, params: dict[str, str], scope: Scope, receive: Receive, send: Send
    ) -> None:
        scope["path_params"], scope["route"] = params, path
        request = Request(scope, receive, send)
        try:
            response = await path.answer(request)
        except self._worded as error:
            response = await self._refusal(request, error)
        if response is None:
            await self._app(scope, _again(await request.body(), receive), send)
        else:
            await response(scope, receive, send)

    async def _refusal(self, request: Request, error: Exception) -> Response:
        kind = next(kind for kind in type(error).__mro__ if kind in self._handlers)
        refusal: Response = await self._handlers[kind](request, error)
        return refusal


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

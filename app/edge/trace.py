"""Gives each request its trace id, and the access log its line."""

import logging
import time

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.edge.routes import template
from app.tracing import TRACE_ID, new_trace_id, trace_id_of

ACCESS = logging.getLogger("huixiang.access")


class Trace:
    def __init__(self, app: ASGIApp, *, access_log: bool) -> None:
        self._app = app
        self._access_log = access_log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        trace_id = trace_id_of(Headers(scope=scope).get("traceparent", "")) or new_trace_id()
        token = TRACE_ID.set(trace_id)
        started = time.perf_counter()
        status = 0

        async def send_traced(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), (b"x-trace-id", trace_id.encode())]
            await send(message)

        try:
            await self._app(scope, receive, send_traced)
        finally:
            if self._access_log:
                write_line(scope, status, started)
            TRACE_ID.reset(token)


def write_line(scope: Scope, status: int, started: float) -> None:
    """The template, not the path: paths hold numbers of tickets, and queries hold anything."""
    facts = {
        "method": scope["method"],
        "route": template(scope),
        "status": status,
        "ms": round((time.perf_counter() - started) * 1000, 2),
    }
    ACCESS.info("request", extra=facts)

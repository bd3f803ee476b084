"""What is noted of every request: its trace id, its figures, and its line in the access log."""

import logging
import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.edge.metrics import count
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
        trace_id = trace_id_of(_traceparent(scope)) or new_trace_id()
        token = TRACE_ID.set(trace_id)
        started = time.perf_counter()
        # Of a request that is never answered.
        status = 500

        async def send_traced(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), (b"x-trace-id", trace_id.encode())]
            await send(message)

        try:
            await self._app(scope, receive, send_traced)
        finally:
            seconds = time.perf_counter() - started
            # The template, not the path: paths hold numbers of tickets, and queries hold anything.
            route = template(scope)
            count(scope["method"], route, status, seconds)
            if self._access_log:
                ms = round(seconds * 1000, 2)
                facts = {"method": scope["method"], "route": route, "status": status, "ms": ms}
                ACCESS.info("request", extra=facts)
            TRACE_ID.reset(token)


def _traceparent(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"traceparent":
            words: bytes = value
            return words.decode("latin-1")
    return ""

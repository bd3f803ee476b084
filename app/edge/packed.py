"""Pages and answers travel compressed to whoever can read them so (ADR 52).

Whole bodies only: what is streamed (server-sent events, archives) passes as it is sent, byte by byte. The hot paths
are answered before they come here: their answers are small, and every microsecond of theirs is counted.
"""

import asyncio
import re
import zlib

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Less travels in the same packets anyway.
SMALLEST = 1_000
# About 3 ms of work: more would hold up everybody else on the loop.
_FOR_A_THREAD = 128_000
# From here on a level more costs as much again and saves a hundredth.
_LEVEL = 5
_GZIP = 16 + zlib.MAX_WBITS
_PACKED = re.compile(r"text/(?!event-stream)|application/(json|problem\+json|javascript)\b|image/svg\+xml")
_NOT_AT_ALL = re.compile(r"\bgzip\s*;\s*q=0(\.0*)?\s*(,|$)")


class Packed:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        await self._app(scope, receive, _Answer(Headers(scope=scope), send).send)


class _Answer:
    """The head waits for the first piece of the body, which says whether it is the whole."""

    def __init__(self, asked: Headers, send: Send) -> None:
        self._asked, self._send = asked, send
        self._head: Message | None = None

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _may_be_packed(message):
            self._head = message
            return
        head, self._head = self._head, None
        if head is not None:
            # An answer may be kept and sent again: its own head stays as it was.
            headers = MutableHeaders(raw=list(head["headers"]))
            headers.add_vary_header("Accept-Encoding")
            body = message.get("body", b"")
            if len(body) >= SMALLEST and not message.get("more_body") and self._wanted(headers):
                packed = await _pack(body)
                headers["Content-Encoding"], headers["Content-Length"] = "gzip", str(len(packed))
                message = {**message, "body": packed}
            await self._send({**head, "headers": headers.raw})
        await self._send(message)

    def _wanted(self, headers: Headers) -> bool:
        """How long a packed page is tells what it says twice (BREACH), so none is packed for another site's asking."""
        accepted = self._asked.get("accept-encoding", "")
        if "gzip" not in accepted or _NOT_AT_ALL.search(accepted):
            return False
        page = headers.get("content-type", "").startswith("text/html")
        return not page or self._asked.get("sec-fetch-site") != "cross-site"


def _may_be_packed(head: Message) -> bool:
    headers = Headers(raw=head["headers"])
    return (
        head["status"] != 206
        and "content-encoding" not in headers
        # An answer that announces no length is streamed.
        and "content-length" in headers
        and _PACKED.match(headers.get("content-type", "")) is not None
    )


async def _pack(body: bytes) -> bytes:
    if len(body) > _FOR_A_THREAD:
        return await asyncio.to_thread(_packed, body)
    return _packed(body)


def _packed(body: bytes) -> bytes:
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP)
    return packer.compress(body) + packer.flush()
